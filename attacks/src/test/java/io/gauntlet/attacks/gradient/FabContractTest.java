package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.DifferentiableModel;

class FabContractTest extends AttackContract {
  @Override
  protected Attack<DifferentiableModel> attack() {
    return Fab.standard().withSteps(6).withRestarts(2);
  }
}
