package io.gauntlet.attacks.minimum;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.DifferentiableModel;

class EadContractTest extends AttackContract {
  @Override
  protected Attack<? super DifferentiableModel> attack() {
    return Ead.standard().withSearchSteps(5).withSteps(15);
  }
}
