package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.DifferentiableModel;

class MiFgsmContractTest extends AttackContract {
  @Override
  protected Attack<DifferentiableModel> attack() {
    return MiFgsm.nesterov().withSteps(6);
  }
}
