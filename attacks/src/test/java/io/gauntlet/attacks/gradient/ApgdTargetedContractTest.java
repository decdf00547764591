package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.DifferentiableModel;

class ApgdTargetedContractTest extends AttackContract {
  @Override
  protected Attack<DifferentiableModel> attack() {
    return Apgd.targeted().withSteps(9).withTargets(2);
  }
}
