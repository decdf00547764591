/**
 * One perturbation for all inputs: crafted once on examples that nobody is asked about later, then
 * added to whatever comes.
 *
 * <table><caption>Which to pick</caption>
 * <tr><th>class</th><th>answers</th><th>norms</th><th>passes</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.universal.UniversalPerturbation}</td><td>crafts the pattern, by
 * gradients</td><td>all; made for Linf and L2</td><td>20 each way for each training
 * example</td><td>Moosavi-Dezfooli 2017, Shafahi 2020</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.universal.UniversalPattern}</td><td>does one pattern fool
 * unseen inputs, of this model or of another one?</td><td>all</td><td>none</td><td>the
 * same</td></tr>
 * </table>
 */
@NullMarked
package io.gauntlet.attacks.universal;

import org.jspecify.annotations.NullMarked;
