/**
 * Detectors of poisoned rows: which rows of a training set somebody may have tampered with.
 *
 * <pre>{@code
 * new Fit(20, 32).train(model, training, Seed.of(1));
 * PoisonDetector detector = SpectralSignatures.standard().on(model); // a FeatureModel
 * Suspicion suspicion = detector.detect(training, Seed.of(1));
 * for (Verdict verdict : suspicion.verdicts()) {
 *   log(verdict.part(), verdict.ruling(), verdict.reason()); // class 7 POISONED ...
 * }
 * int[] kept = training.inputs().rowsWhere(row -> !suspicion.isFlagged(row));
 * new Fit(20, 32).train(fresh, training.select(kept), Seed.of(2));
 * }</pre>
 *
 * <table><caption>Which detector, when</caption>
 * <tr><th>detector</th><th>needs</th><th>cost for n rows, d units</th><th>finds</th><th>blind
 * to</th></tr>
 * <tr><td>{@link io.gauntlet.defenses.detect.SpectralSignatures}</td><td>activations,
 * labels</td><td>n d²</td><td>backdoors that a network has learnt</td><td>a handful of rows; poison
 * trained to look clean</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.detect.ActivationClustering}</td><td>activations,
 * labels</td><td>n d²</td><td>the same, where it is a larger part of its class</td><td>the same, and
 * poison that is one of many clusters</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.detect.Beatrix}</td><td>the model, trusted rows of every
 * class</td><td>n d² for each order</td><td>backdoors, row by row</td><td>poison trained to look
 * clean; accuses clean rows that come from elsewhere than the trusted ones</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.detect.DeepKnn}</td><td>activations, labels</td><td>n d for
 * each of 5,000 references</td><td>flipped labels, feature collisions</td><td>backdoors: their rows
 * vouch for each other</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.detect.Roni}</td><td>a training loop, sources, trusted
 * rows</td><td>3 small trainings for each source</td><td>sources of flipped labels</td>
 * <td>backdoors and targeted poison: they do no harm to clean rows</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.detect.ProvenanceFilter}</td><td>a training loop, sources;
 * trusted rows are better</td><td>1 whole training for each source</td><td>the same</td><td>the
 * same, and sources that do the same harm</td></tr>
 * </table>
 *
 * <p>Every class or source is cleared, accused or {@linkplain
 * io.gauntlet.defenses.detect.Ruling#NOT_JUDGED not judged}; what is not judged is never called
 * clean. None proves that a training set is clean; poison that was made against a known detector
 * passes it.
 *
 * <p>Models that do not show a layer are paired with one that does by {@link
 * io.gauntlet.model.Models#withFeatures}; tables need no model, their rows are activations enough.
 */
@NullMarked
package io.gauntlet.defenses.detect;

import org.jspecify.annotations.NullMarked;
