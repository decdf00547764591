package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.DifferentiableModel;

class CarliniWagnerL2ContractTest extends AttackContract {
  @Override
  protected Attack<? super DifferentiableModel> attack() {
    return CarliniWagnerL2.standard().withSearchSteps(5).withSteps(15);
  }
}
