/**
 * Suites of attacks. The attacks themselves are in the packages below: {@code noise} (baselines),
 * {@code gradient} (white-box, within epsilon), {@code minimum} (white-box, the closest adversarial
 * example), {@code score} (black-box, from scores), {@code spatial}, {@code universal}, {@code
 * patch} and {@code corruption} (perturbations that no norm bounds); {@code extraction}, which
 * steals the model instead of fooling it; and {@code poisoning}, which spoils what it learns from.
 *
 * <table><caption>Which to pick</caption>
 * <tr><th>suite</th><th>answers</th><th>norms</th><th>passes</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.AutoAttack#standard}</td><td>how much accuracy is left, to be
 * compared with published numbers</td><td>Linf, L2, L1</td><td>up to 1,900 gradients and 5,000
 * scores for an example that withstands it</td><td>Croce 2020</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.AutoAttack#plus}</td><td>the same with restarts</td><td>Linf,
 * L2, L1</td><td>about five times that</td><td>Croce 2020</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.AutoAttack#rand}</td><td>the same for a model whose answers
 * vary</td><td>Linf, L2, L1</td><td>4,000 gradients</td><td>Croce 2020</td></tr>
 * </table>
 */
@NullMarked
package io.gauntlet.attacks;

import org.jspecify.annotations.NullMarked;
