package io.gauntlet.attacks.universal;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;

class UniversalPatternContractTest extends AttackContract {
  @Override
  protected Attack<? super DifferentiableModel> attack() {
    return new UniversalPattern(Batch.of(new float[] {0.3f, -0.2f, 0, 5, -0.1f}), "by hand");
  }
}
