package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.DifferentiableModel;

class FmnContractTest extends AttackContract {
  @Override
  protected Attack<? super DifferentiableModel> attack() {
    return Fmn.standard().withSteps(20);
  }
}
