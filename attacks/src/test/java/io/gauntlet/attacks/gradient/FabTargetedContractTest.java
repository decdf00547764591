package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.DifferentiableModel;

class FabTargetedContractTest extends AttackContract {
  @Override
  protected Attack<DifferentiableModel> attack() {
    return Fab.targeted().withSteps(6).withTargets(2);
  }
}
