/**
 * Repair: what to do with a model that was trained on poisoned data.
 *
 * <table><caption>Which repair needs what</caption>
 * <tr><th>repair</th><th>needs</th><th>leaves</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.defenses.repair.FilteredRetraining}</td><td>the training data and
 * which rows are suspected</td><td>a new model</td><td></td></tr>
 * <tr><td>{@link io.gauntlet.defenses.repair.FinePruning}</td><td>a few clean examples, the
 * parameters and the penultimate layer</td><td>the model, changed</td><td>Liu 2018</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.repair.Unlearning}</td><td>a few clean examples and a
 * reconstructed trigger</td><td>the model, changed</td><td>Wang 2019</td></tr>
 * </table>
 *
 * <p>Each returns a {@link io.gauntlet.defenses.repair.Repair} that says how the model answered
 * clean and triggered inputs before and after:
 *
 * <pre>{@code
 * Trial trial = new Trial(test, triggered);
 * Inspection inspection =
 *     NeuralCleanse.standard().withRestarts(3).inspect(model, clean.inputs(), Seed.of(2));
 * Unlearning unlearning = Unlearning.standard().withFit(new Fit(10, 16));
 * for (ReconstructedTrigger trigger : inspection.accused()) {
 *   Repair<DjlModel> repair = unlearning.repair(model, clean, trigger, trial, Seed.of(3));
 *   System.out.println(repair.before() + " -> " + repair.after());
 * }
 * }</pre>
 */
@NullMarked
package io.gauntlet.defenses.repair;

import org.jspecify.annotations.NullMarked;
