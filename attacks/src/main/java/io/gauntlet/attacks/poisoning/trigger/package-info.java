/**
 * Triggers of backdoors: values that know how to change an input, and nothing else. They combine
 * with {@code then}, live on as JSON, and are drawn by {@code ImageGrid} of the core.
 *
 * <table><caption>Which there are</caption>
 * <tr><th>trigger</th><th>on</th><th>seen by people</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.trigger.PatchTrigger}</td><td>images</td><td>a small
 * square</td><td>Gu 2017</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.trigger.BlendTrigger}</td><td>images,
 * tables</td><td>a veil</td><td>Chen 2017</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.trigger.SinusoidTrigger}</td><td>images</td><td>faint
 * stripes</td><td>Barni 2019</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.trigger.WarpTrigger}</td><td>images</td><td>hardly:
 * pixels move by a fraction of one</td><td>Nguyen 2021</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.trigger.NoiseTrigger}</td><td>images,
 * tables</td><td>faint grain</td><td>Zhong 2020</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.trigger.LeastBitsTrigger}</td><td>8-bit
 * images</td><td>not at all with one bit</td><td>Li 2020</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.trigger.SampleSpecificTrigger}</td><td>images,
 * tables</td><td>faint grain, another for each input</td><td>Nguyen 2020, Li 2021, in
 * part</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.trigger.ColumnTrigger}</td><td>tables</td><td>legal
 * values</td><td></td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.trigger.PhraseTrigger}</td><td>texts</td><td>a word
 * or a sentence</td><td>Dai 2019, Kurita 2020</td></tr>
 * </table>
 */
@NullMarked
package io.gauntlet.attacks.poisoning.trigger;

import org.jspecify.annotations.NullMarked;
