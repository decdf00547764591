package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.DifferentiableModel;

class FgsmContractTest extends AttackContract {
  @Override
  protected Attack<? super DifferentiableModel> attack() {
    return Fgsm.standard();
  }
}
