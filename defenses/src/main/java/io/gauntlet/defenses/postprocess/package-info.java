/**
 * Answers that teach a thief less, and what they cost the honest.
 *
 * <table><caption>Which to pick</caption>
 * <tr><th>guard</th><th>tells</th><th>class kept</th><th>an adaptive thief</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.defenses.postprocess.Rounding}</td><td>few digits</td><td>but for
 * ties</td><td>asks more points</td><td>Tramèr 2016</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.postprocess.TopK}</td><td>the largest scores</td><td>yes</td>
 * <td>guesses the rest</td><td>Orekondy 2019</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.postprocess.LabelsOnly}</td><td>the class</td><td>yes</td>
 * <td>asks a few times as much</td><td>Tramèr 2016</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.postprocess.Noise}</td><td>noisy scores</td><td>if wanted</td>
 * <td>averages, over repeats or over neighbours</td><td>Tramèr 2016</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.postprocess.ReverseSigmoid}</td><td>bent scores</td>
 * <td>above 0.32</td><td>trains on the argmax</td><td>Lee 2019</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.postprocess.MadPoisoning}</td><td>misleading scores</td>
 * <td>if wanted</td><td>trains on the argmax</td><td>Orekondy 2020</td></tr>
 * </table>
 *
 * <p>{@link io.gauntlet.defenses.postprocess.Utility} measures the price. Where honest clients need
 * only the class, {@link io.gauntlet.defenses.postprocess.LabelsOnly} is free, and no guard that
 * keeps the class can beat it: a thief can always throw the scores away.
 */
@NullMarked
package io.gauntlet.defenses.postprocess;

import org.jspecify.annotations.NullMarked;
