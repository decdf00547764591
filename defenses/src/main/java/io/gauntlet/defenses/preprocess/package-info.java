/**
 * What is done to inputs before a net sees them.
 *
 * <table><caption>Which there are, and how those who know them go through</caption>
 * <tr><th>preprocessing</th><th>random</th><th>way back</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.defenses.preprocess.BitDepth}</td><td>no</td><td>BPDA,
 * identity</td><td>Xu 2018</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.preprocess.MedianSmoothing}</td><td>no</td><td>exact</td>
 * <td>Xu 2018</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.preprocess.GaussianSmoothing}</td><td>no</td><td>exact</td>
 * <td></td></tr>
 * <tr><td>{@link io.gauntlet.defenses.preprocess.Jpeg}</td><td>no</td><td>BPDA, identity</td>
 * <td>Dziugaite 2016, Guo 2018</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.preprocess.TotalVariation}</td><td>which pixels are kept</td>
 * <td>BPDA, identity; EOT</td><td>Guo 2018</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.preprocess.RandomResizePad}</td><td>size and place</td>
 * <td>exact; EOT</td><td>Xie 2018</td></tr>
 * </table>
 *
 * <p>They stop attackers who overlook them: Athalye, Carlini, Wagner (2018) broke bit depth, JPEG,
 * total variation and random resizing on colour images, He, Wei, Chen, Carlini, Song (2017) bit
 * depth and medians. {@link io.gauntlet.evaluate.Robustness#of(io.gauntlet.model.DefendedModel)}
 * measures what one is worth against attackers who know it.
 *
 * <pre>{@code
 * DefendedModel defended =
 *     PreprocessedModel.of(net, new MedianSmoothing(3), Jpeg.standard(), new BitDepth(4));
 * RobustnessReport adaptive =
 *     Robustness.of(defended)
 *         .under(ThreatModel.linf(0.1f))
 *         .attackedBy(AutoAttack.standard())
 *         .evaluate(examples);
 * }</pre>
 */
@NullMarked
package io.gauntlet.defenses.preprocess;

import org.jspecify.annotations.NullMarked;
