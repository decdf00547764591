/**
 * Guards in front of a model, against thieves who copy it by asking.
 *
 * <table><caption>What stands in front of the model</caption>
 * <tr><th>stage</th><th>may</th><th>where</th></tr>
 * <tr><td>{@link io.gauntlet.defenses.Admission}</td><td>refuse a query before the model is
 * asked</td><td>{@code io.gauntlet.defenses.limit}</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.Monitor}</td><td>raise an alarm</td><td>{@code
 * io.gauntlet.defenses.monitor}</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.OutputGuard}</td><td>change the probabilities that
 * leave</td><td>{@code io.gauntlet.defenses.postprocess}</td></tr>
 * </table>
 *
 * <p>After a theft, {@code io.gauntlet.defenses.ownership} tells whether a suspect is a copy.
 *
 * <p>{@link io.gauntlet.defenses.GuardedModel} puts them in order and lets clients ask. No guard
 * keeps a patient thief from copying a model; each makes the copy dearer, worse, or noticed. What
 * an adaptive thief undoes stands in each guard's documentation.
 */
@NullMarked
package io.gauntlet.defenses;

import org.jspecify.annotations.NullMarked;
