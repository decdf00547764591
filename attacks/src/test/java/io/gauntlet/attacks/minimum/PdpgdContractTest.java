package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.DifferentiableModel;

class PdpgdContractTest extends AttackContract {
  @Override
  protected Attack<? super DifferentiableModel> attack() {
    return Pdpgd.standard().withSteps(40);
  }
}
