package io.gauntlet.defenses.train;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Model;
import io.gauntlet.model.SoftLabels;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.train.Fit;
import java.util.ArrayList;
import java.util.List;

/**
 * Defensive distillation: a student learns the probabilities that a teacher gives at a high
 * temperature, and is deployed at temperature 1.
 *
 * <p>Follows Papernot, McDaniel, Wu, Jha, Swami: <a
 * href="https://arxiv.org/abs/1511.04508">Distillation as a Defense to Adversarial Perturbations
 * against Deep Neural Networks</a>, S&amp;P 2016.
 *
 * <p><b>It does not make a model robust.</b> The student's logits are about as many times larger as
 * the temperature was high, so that the softmax of the deployed student is 0 or 1 in floating point
 * and its cross-entropy has no gradient left. Attacks on the logits find adversarial examples as
 * close as without it: Carlini, Wagner: <a href="https://arxiv.org/abs/1608.04644">Towards
 * Evaluating the Robustness of Neural Networks</a>, S&amp;P 2017. An evaluation by attacks that
 * climb the cross-entropy alone carries {@link io.gauntlet.evaluate.Caveat.ZeroGradients}; one with
 * a margin or difference-of-logits loss, as {@code Pgd.standard()} and AutoAttack have, shows what
 * is left. Distil to compress a model, or to put the defense to the test.
 *
 * @param temperature what logits are divided by in training; finite, positive
 * @param fit epochs and batches of teacher and student each
 */
public record Distillation(float temperature, Fit fit) {
  /** Checks the numbers. */
  public Distillation {
    Check.positive(temperature, "temperature");
  }

  /** Temperature 100, where the paper reports the fewest adversarial examples; ten epochs each. */
  public static Distillation standard() {
    return new Distillation(100, Fit.standard());
  }

  /** The same at another temperature. */
  public Distillation withTemperature(float newTemperature) {
    return new Distillation(newTemperature, fit);
  }

  /** The same with other epochs and batches. */
  public Distillation withFit(Fit newFit) {
    return new Distillation(temperature, newFit);
  }

  /**
   * Trains the teacher on the labels, then the student on the teacher's answers.
   *
   * @param teacher not yet trained; the paper's is of the student's architecture
   * @param student not yet trained
   * @return the student's epochs, first to last
   * @throws IllegalArgumentException if there are no examples, a label is not one of the teacher's
   *     classes, or the student has another number of classes
   */
  public List<Fit.Epoch> train(
      TrainableModel teacher, TrainableModel student, Examples examples, Seed seed) {
    if (teacher.classes() != student.classes()) {
      throw new IllegalArgumentException(
          "the student must have the teacher's %s classes, but has %s"
              .formatted(teacher.classes(), student.classes()));
    }
    Batch inputs = examples.inputs();
    CrossEntropy labels = new CrossEntropy(examples.labels().check(teacher.classes()));
    fit.train(teacher, inputs, labels.atTemperature(temperature), seed.derive(0), epoch -> {});
    SoftLabels taught = SoftLabels.of(answers(teacher, inputs).times(1 / temperature));
    return fit.train(
        student, inputs, taught.atTemperature(temperature), seed.derive(1), epoch -> {});
  }

  private static Batch answers(Model teacher, Batch inputs) {
    int size = teacher.concurrency().preferredBatch();
    List<Batch> parts = new ArrayList<>();
    for (int from = 0; from < inputs.rows(); from += size) {
      Batch part = inputs.slice(from, Math.min(inputs.rows(), from + size));
      parts.add(part.answeredBy(teacher.logits(part)));
    }
    return Batch.concat(parts);
  }
}
