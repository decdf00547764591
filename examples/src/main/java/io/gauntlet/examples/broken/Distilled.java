package io.gauntlet.examples.broken;

import io.gauntlet.model.Batch;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;

/**
 * The student of defensive distillation. Its logits are so large that the softmax leaves the
 * cross-entropy no gradient.
 *
 * <p>Follows Papernot, McDaniel, Wu, Jha, Swami: <a
 * href="https://arxiv.org/abs/1511.04508">Distillation as a Defense to Adversarial Perturbations
 * against Deep Neural Networks</a>, S&amp;P 2016. Broken by Carlini, Wagner: <a
 * href="https://arxiv.org/abs/1608.04644">Towards Evaluating the Robustness of Neural Networks</a>,
 * S&amp;P 2017, with losses of the logits that do not saturate.
 *
 * @param student trained by {@link io.gauntlet.defenses.train.Distillation}
 */
public record Distilled(DifferentiableModel student) implements DefendedModel, FrontModel {
  @Override
  public Model behind() {
    return student;
  }

  @Override
  public String fingerprint() {
    return student.fingerprint();
  }

  @Override
  public Batch logits(Batch inputs) {
    return student.logits(inputs);
  }

  @Override
  public DifferentiableModel naive() {
    return student;
  }

  @Override
  public DifferentiableModel adaptive(Labels labels) {
    return student;
  }

  @Override
  public String route() {
    return "the exact gradient of the logits, by losses that do not saturate";
  }
}
