package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.DifferentiableModel;

class BimContractTest extends AttackContract {
  @Override
  protected Attack<? super DifferentiableModel> attack() {
    return Bim.standard();
  }
}
