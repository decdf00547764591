package io.gauntlet.attacks.gradient;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.DifferentiableModel;

class ApgdContractTest extends AttackContract {
  @Override
  protected Attack<DifferentiableModel> attack() {
    return Apgd.crossEntropy().withSteps(12).withRestarts(2);
  }
}
