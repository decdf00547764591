package io.gauntlet.defenses.postprocess;

import io.gauntlet.defenses.OutputGuard;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;

/**
 * Tells the class and nothing else: probability 1 for it, 0 for the rest.
 *
 * <p>Follows Tramèr, Zhang, Juels, Reiter, Ristenpart: <a
 * href="https://arxiv.org/abs/1609.02943">Stealing Machine Learning Models via Prediction APIs</a>,
 * USENIX Security 2016, section 6.
 *
 * <p><b>An adaptive thief</b> trains on the labels, with a few times as many queries for the same
 * fidelity, or walks along the decision boundary, which the labels show exactly.
 */
public record LabelsOnly() implements OutputGuard {
  @Override
  public Batch apply(Query query, Batch probabilities) {
    return probabilities.editRows((i, p) -> Rows.oneHot(p, probabilities.argmax(i)));
  }
}
