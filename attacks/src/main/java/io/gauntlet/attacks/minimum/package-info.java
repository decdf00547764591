/**
 * White-box attacks that look for the closest adversarial example: how far is the boundary? Under
 * {@link io.gauntlet.threat.ThreatModel#unbounded} one run gives robust accuracy for every epsilon.
 *
 * <table><caption>Which to pick</caption>
 * <tr><th>attack</th><th>answers</th><th>norms</th><th>passes</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.minimum.Fmn}</td><td>the first to try, under any
 * norm</td><td>all</td><td>100</td><td>Pintor 2021</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.minimum.Ddn}</td><td>as FMN under L2, without a step size to
 * choose</td><td>L2</td><td>100</td><td>Rony 2019</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.minimum.CarliniWagnerL2}</td><td>the classic: slow and
 * close</td><td>L2</td><td>up to 90,000; stops where it gains no more</td><td>Carlini 2017</td></tr>
 * </table>
 */
@NullMarked
package io.gauntlet.attacks.minimum;

import org.jspecify.annotations.NullMarked;
