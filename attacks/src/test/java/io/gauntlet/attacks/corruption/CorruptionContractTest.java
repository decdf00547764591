package io.gauntlet.attacks.corruption;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.ImageAttackContract;
import io.gauntlet.model.DifferentiableModel;
import org.junit.jupiter.api.Nested;

class CorruptionContractTest {
  abstract static class Of extends ImageAttackContract {
    private final Kind kind;

    Of(Kind kind) {
      this.kind = kind;
    }

    @Override
    protected Attack<? super DifferentiableModel> attack() {
      return Corruption.standard(kind).withLevels(0.1f, 0.4f, 0.8f);
    }
  }

  @Nested
  class Darker extends Of {
    Darker() {
      super(Kind.DARKER);
    }
  }

  @Nested
  class Contrast extends Of {
    Contrast() {
      super(Kind.CONTRAST);
    }
  }

  @Nested
  class GaussianNoise extends Of {
    GaussianNoise() {
      super(Kind.GAUSSIAN_NOISE);
    }
  }

  @Nested
  class ShotNoise extends Of {
    ShotNoise() {
      super(Kind.SHOT_NOISE);
    }
  }

  @Nested
  class SaltAndPepper extends Of {
    SaltAndPepper() {
      super(Kind.SALT_AND_PEPPER);
    }
  }

  @Nested
  class GaussianBlur extends Of {
    GaussianBlur() {
      super(Kind.GAUSSIAN_BLUR);
    }
  }

  @Nested
  class Hue extends Of {
    Hue() {
      super(Kind.HUE);
    }
  }
}
