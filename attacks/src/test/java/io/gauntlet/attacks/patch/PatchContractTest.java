package io.gauntlet.attacks.patch;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.ImageAttackContract;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import org.junit.jupiter.api.Nested;

class PatchContractTest {
  private static final Patch PATCH =
      new Patch(
          Batch.of(
              new float[] {
                1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, 0, 1, -1, 1, -1, 1, -1, 1, -1, 0.5f, -1, 1,
                -1, 1, -1, 1
              }),
          3,
          Form.CIRCLE,
          new Where.At(1, 2),
          "by hand");

  @Nested
  class AtOnePlace extends ImageAttackContract {
    @Override
    protected Attack<? super DifferentiableModel> attack() {
      return PATCH;
    }
  }

  @Nested
  class AtRandom extends ImageAttackContract {
    @Override
    protected Attack<? super DifferentiableModel> attack() {
      return PATCH.atRandom(5);
    }
  }

  @Nested
  class Everywhere extends ImageAttackContract {
    @Override
    protected Attack<? super DifferentiableModel> attack() {
      return PATCH.everywhere(1);
    }
  }
}
