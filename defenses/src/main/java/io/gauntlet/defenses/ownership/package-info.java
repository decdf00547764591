/**
 * Ownership: after a theft, is this copy mine, and how sure is that?
 *
 * <pre>{@code
 * TriggerSet triggers = TriggerSet.noise(shape, domain, 100, classes, secret);
 * train(model, triggers.mixedInto(training));
 * Evidence evidence = triggers.verify(suspect);
 * Verdict verdict = evidence.verdict(0.001); // convicts one innocent in a thousand
 * }</pre>
 *
 * <table><caption>Which to pick</caption>
 * <tr><th>claim</th><th>when to apply</th><th>costs</th><th>survives</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.defenses.ownership.TriggerSet}</td><td>in training</td><td>a little
 * capacity</td><td>stolen weights; not copying by questions</td><td>Adi 2018, Zhang 2018</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.ownership.Dawn}</td><td>at every answer</td><td>a share of
 * wrong answers</td><td>copying by many questions; names the client</td><td>Szyller 2021</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.ownership.DatasetInference}</td><td>before training, by
 * lot; or never, where the parts were random</td><td>nothing, but held-out data</td><td>both, where
 * the model has learnt by heart</td><td>Maini 2021</td></tr>
 * </table>
 *
 * <p>All of them give an {@link io.gauntlet.defenses.ownership.Evidence}: counts that anybody can
 * recount, and an exact p-value over what the owner has drawn at random, so that it assumes nothing
 * about the suspect. None acquits.
 */
@NullMarked
package io.gauntlet.defenses.ownership;

import org.jspecify.annotations.NullMarked;
