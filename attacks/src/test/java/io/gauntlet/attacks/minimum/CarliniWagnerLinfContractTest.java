package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.DifferentiableModel;

class CarliniWagnerLinfContractTest extends AttackContract {
  @Override
  protected Attack<? super DifferentiableModel> attack() {
    return CarliniWagnerLinf.standard().withRounds(25).withSteps(10);
  }
}
