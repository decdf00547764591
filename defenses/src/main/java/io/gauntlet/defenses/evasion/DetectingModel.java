package io.gauntlet.defenses.evasion;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import java.util.BitSet;

/**
 * A model that refuses to answer inputs which a detector suspects.
 *
 * <p>Attackers who know the detector follow model and detector at once (Carlini, Wagner: <a
 * href="https://arxiv.org/abs/1705.07263">Adversarial Examples Are Not Easily Detected</a>, AISec
 * 2017). In their view an input that is not refused has the model's logits as they are. Of one that
 * is, the label's logit becomes
 *
 * <pre>{@code max_k z[k] + log(1 + (score - threshold) / spread)}</pre>
 *
 * <p>with {@code spread} from {@link Threshold}: the label wins, by the more the more suspicious
 * the input is. So whatever attack makes another class win has passed the detector too, and follows
 * as it goes whatever stands in the way: the model while it is right, the detector while it
 * refuses, both where both do; one at a time of two aims that pull apart, as in Bryniarski, Hingun,
 * Pachuca, Wang, Carlini: <a href="https://arxiv.org/abs/2106.15023">Evading Adversarial Example
 * Detection Defenses with Orthogonal Projected Gradient Descent</a>, 2021. The logarithm keeps the
 * cross-entropy of a large excess from vanishing.
 *
 * @param model that answers
 * @param detector that looks at its inputs
 * @param threshold of the detector's score
 */
public record DetectingModel(
    DifferentiableModel model, EvasionDetector detector, Threshold threshold)
    implements DefendedModel, FrontModel {
  @Override
  public Model behind() {
    return model;
  }

  /** The model's, but one caller at a time where the detector wants that. */
  @Override
  public Concurrency concurrency() {
    Concurrency wanted = model.concurrency();
    return detector.isThreadSafe() ? wanted : new Concurrency(1, wanted.preferredBatch());
  }

  @Override
  public String fingerprint() {
    return "%s behind %s, %s".formatted(model.fingerprint(), detector, threshold);
  }

  /** The model's, also of inputs that are refused. */
  @Override
  public Batch logits(Batch inputs) {
    return model.logits(inputs);
  }

  @Override
  public BitSet refused(Batch inputs) {
    Batch scores = detector.scores(inputs);
    BitSet refused = new BitSet();
    for (int row = 0; row < inputs.rows(); row++) {
      refused.set(row, threshold.refuses(scores.get(row, 0)));
    }
    return refused;
  }

  /** Model and detector at once. */
  @Override
  public DifferentiableModel adaptive(Labels labels) {
    return new JointModel(model, detector, threshold, labels.check(model.classes()), concurrency());
  }

  /** The model without the detector. */
  @Override
  public DifferentiableModel naive() {
    return model;
  }

  @Override
  public String route() {
    return "joint loss of model and %s (%s)".formatted(detector, detector.route());
  }
}
