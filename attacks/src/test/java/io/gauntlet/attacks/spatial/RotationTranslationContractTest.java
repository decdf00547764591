package io.gauntlet.attacks.spatial;

import io.gauntlet.attack.Attack;
import io.gauntlet.attacks.image.Padding;
import io.gauntlet.junit.ImageAttackContract;
import io.gauntlet.model.DifferentiableModel;
import org.junit.jupiter.api.Nested;

class RotationTranslationContractTest {
  @Nested
  class OnAGrid extends ImageAttackContract {
    @Override
    protected Attack<? super DifferentiableModel> attack() {
      return RotationTranslation.standard().withSearch(new Search.Grid(5, 3));
    }
  }

  @Nested
  class AtRandom extends ImageAttackContract {
    @Override
    protected Attack<? super DifferentiableModel> attack() {
      return RotationTranslation.worstOf(6).withPadding(Padding.EDGE);
    }
  }
}
