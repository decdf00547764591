/**
 * Corruptions that nobody intends: light, contrast, noise, blur, faded colours. A baseline: a model
 * that these fool needs no attacker.
 *
 * <table><caption>Which to pick</caption>
 * <tr><th>attack</th><th>answers</th><th>threat</th><th>passes</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.corruption.Corruption} {@code .standard(kind)}</td><td>how much
 * of one kind does the model bear?</td><td>unbounded, or inside a ball</td><td>up to 10
 * forward</td><td>after Hendrycks 2019</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.corruption.Corruption} {@code .all(shape)}</td><td>which kinds
 * does it bear?</td><td>as above</td><td>up to 10 forward for each kind</td><td>after Hendrycks
 * 2019</td></tr>
 * </table>
 */
@NullMarked
package io.gauntlet.attacks.corruption;

import org.jspecify.annotations.NullMarked;
