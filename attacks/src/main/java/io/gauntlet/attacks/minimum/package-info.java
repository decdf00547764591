/**
 * White-box attacks that look for the closest adversarial example: how far is the boundary? Under
 * {@link io.gauntlet.threat.ThreatModel#unbounded} one run gives robust accuracy for every epsilon.
 *
 * <table><caption>Which to pick</caption>
 * <tr><th>attack</th><th>answers</th><th>norms</th><th>passes</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.minimum.Fmn}</td><td>the first to try, under any norm</td><td>all</td><td>100</td><td>Pintor 2021</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.minimum.Ddn}</td><td>the closest under L2; run both</td><td>L2</td><td>100</td><td>Rony 2019</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.minimum.DeepFool}</td><td>a quick estimate; stops at the first success</td><td>Linf, L2</td><td>a few, at most 50, each with a backward pass for 9 classes</td><td>Moosavi-Dezfooli 2016</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.minimum.CarliniWagnerL2}</td><td>the classic: slow and close</td><td>L2</td><td>up to 90,000; stops where it gains no more</td><td>Carlini 2017</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.minimum.CarliniWagnerLinf}</td><td>the same for Linf</td><td>Linf</td><td>rounds times steps; about a quarter of it measured</td><td>Carlini 2017</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.minimum.Ead}</td><td>sparse elastic-net changes; to compare with the literature</td><td>L1, L2</td><td>9,000</td><td>Chen 2018</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.minimum.Pdpgd}</td><td>the closest under L1, nearer than EAD in a fraction of the passes</td><td>L1</td><td>500</td><td>Matyasko 2021</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.minimum.SigmaZero}</td><td>fewest features, the strongest there</td><td>L0</td><td>1,000</td><td>Cin&agrave; 2025</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.minimum.SparseFool}</td><td>few features, few passes</td><td>L0</td><td>at most 20 times DeepFool's</td><td>Modas 2019</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.minimum.Jsma}</td><td>the classic greedy baseline</td><td>L0</td><td>2 for each pair of features</td><td>Papernot 2016</td></tr>
 * </table>
 */
@NullMarked
package io.gauntlet.attacks.minimum;

import org.jspecify.annotations.NullMarked;
