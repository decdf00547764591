package io.gauntlet.examples;

import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Model;

/** The model under test, by what can be asked of it; closes what it was opened with. */
sealed interface Subject extends AutoCloseable {
  /** The model. */
  Model model();

  /** Gives back what the model holds outside the heap; nothing for most. */
  Runnable closing();

  @Override
  default void close() {
    closing().run();
  }

  /** A model with gradients: every attack fits. */
  record WhiteBox(DifferentiableModel model, Runnable closing) implements Subject {
    /** A model that lives on the heap. */
    WhiteBox(DifferentiableModel model) {
      this(model, () -> {});
    }
  }

  /** A model that only answers: attacks must do without gradients. */
  record BlackBox(Model model, Runnable closing) implements Subject {
    /** A model that lives on the heap or elsewhere. */
    BlackBox(Model model) {
      this(model, () -> {});
    }
  }
}
