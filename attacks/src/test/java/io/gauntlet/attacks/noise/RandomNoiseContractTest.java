package io.gauntlet.attacks.noise;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.DifferentiableModel;

class RandomNoiseContractTest extends AttackContract {
  @Override
  protected Attack<? super DifferentiableModel> attack() {
    return RandomNoise.standard().withDraws(7);
  }
}
