package io.gauntlet.defenses.preprocess;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Shape;

/**
 * What is done to inputs before a model sees them, in the hope that it undoes what an attacker did.
 *
 * <p>Values lie in [0, 1] on both sides; {@link Preprocessor} scales those of another domain.
 */
public interface Preprocessing {
  /**
   * The inputs as the model is to see them.
   *
   * @param inputs shape (rows, features)
   * @param shape of one input
   * @param draw what a random preprocessing draws from; the others leave it alone
   * @return of the same shape
   * @throws IllegalArgumentException if it is made for images and {@code shape} is none
   */
  Batch apply(Batch inputs, Shape shape, Draw draw);

  /**
   * The vector-Jacobian product: for each row, the derivative by its input of its output weighted
   * by {@code byOutput}; or what an attacker puts in its place where there is none or it is zero
   * almost everywhere (backward pass differentiable approximation, BPDA).
   *
   * @param inputs that {@link #apply} was given
   * @param byOutput weights, of the same shape
   * @param draw that {@link #apply} was given
   */
  Batch pullBack(Batch inputs, Batch byOutput, Shape shape, Draw draw);

  /**
   * How {@link #pullBack} goes back, in words: {@code exact gradient}, or {@code BPDA} and what
   * stands for the derivative.
   */
  String route();

  /** Whether two calls with different draws may differ. */
  default boolean isRandom() {
    return false;
  }
}
