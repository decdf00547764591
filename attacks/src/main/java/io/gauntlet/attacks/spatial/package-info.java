/**
 * Attacks that move an image instead of changing its pixels' values.
 *
 * <table><caption>Which to pick</caption>
 * <tr><th>attack</th><th>answers</th><th>threat</th><th>passes</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.spatial.RotationTranslation} {@code .standard()}</td><td>does
 * the model know a turned, shifted image? every grid point, until one fools</td><td>unbounded, or
 * inside a ball</td><td>up to 775 forward</td><td>Engstrom 2019</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.spatial.RotationTranslation} {@code .worstOf(10)}</td><td>the
 * same, cheaply: for training, or a first look</td><td>as above</td><td>up to 10
 * forward</td><td>Engstrom 2019</td></tr>
 * </table>
 *
 * <p>No norm says what these change, so run them under {@code ThreatModel.unbounded}: the extent is
 * the attack's own, and its name in the report says it.
 */
@NullMarked
package io.gauntlet.attacks.spatial;

import org.jspecify.annotations.NullMarked;
