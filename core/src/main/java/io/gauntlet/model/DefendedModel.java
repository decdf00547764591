package io.gauntlet.model;

import java.util.BitSet;

/**
 * A model behind a defense that declares how an attacker who knows it would go through it.
 *
 * <p>Follows Tramer, Carlini, Brendel, Madry: <a href="https://arxiv.org/abs/2002.08347">On
 * Adaptive Attacks to Adversarial Example Defenses</a>, NeurIPS 2020: a defense is worth what it
 * withstands from an attacker made for it. An evaluation lets its attacks loose on {@link
 * #adaptive} and judges what they return by this model's own answers.
 */
public interface DefendedModel extends Model {
  /**
   * The defended model as an attacker who knows the defense would differentiate it: through an
   * exact gradient, one that skips or replaces what has none (BPDA), one averaged over the
   * defense's draws (EOT), or one that also follows what a detector thinks.
   *
   * <p>Its domain, shape, classes and concurrency are this model's. Its logits are this model's
   * too, but for two liberties: those of a randomised defense may be a mean over draws; and where
   * this model refuses to answer, the label of the example wins, for the attacker has not got
   * through.
   *
   * @param labels true class of every example the attacker may ask about; rows are matched to them
   *     by the example they stand for
   */
  DifferentiableModel adaptive(Labels labels);

  /**
   * What an attacker who overlooks the defense would differentiate: mostly the model behind it.
   * Attacks on it tell how much of a defense's success is the attacker's ignorance.
   */
  DifferentiableModel naive();

  /**
   * How {@link #adaptive} goes through the defense, for reports: {@code BPDA, the identity in place
   * of the JPEG encoder's derivative}.
   */
  String route();

  /**
   * The rows that the defense refuses to answer, as a detector does; none unless it says otherwise.
   * Refusing a clean input is an error, refusing an attacked one is not.
   *
   * @param inputs shape (rows, features)
   */
  default BitSet refused(Batch inputs) {
    return new BitSet();
  }
}
