/**
 * Detectors of evasion: inputs that somebody changed to mislead a model. (Those of poisoned
 * training data are in {@code detect}, those of a backdoor's trigger in {@code backdoor}.)
 *
 * <table><caption>Which detector looks at what</caption>
 * <tr><th>detector</th><th>looks at</th><th>needs</th><th>attackers differentiate</th><th>paper</th>
 * </tr>
 * <tr><td>{@link io.gauntlet.defenses.evasion.FeatureSqueezing}</td><td>answers to coarser
 * versions</td><td>nothing</td><td>exactly or by BPDA, as its squeezers</td><td>Xu 2018</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.evasion.Mahalanobis}</td><td>distance of the features from
 * every class</td><td>clean examples of every class</td><td>exactly</td><td>Lee 2018</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.evasion.LocalIntrinsicDimensionality}</td><td>how the features
 * are surrounded</td><td>clean inputs</td><td>exactly</td><td>Ma 2018</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.evasion.LearnedDetector}</td><td>inputs or features, by a net
 * of its own</td><td>clean and adversarial inputs</td><td>exactly</td><td>Metzen 2017, Gong
 * 2017</td></tr>
 * </table>
 *
 * <p>A {@link io.gauntlet.defenses.evasion.Threshold} holds the rate of clean inputs that are
 * refused; {@link io.gauntlet.defenses.evasion.DetectingModel} is what an evaluation attacks, by
 * attackers who know the detector unless told otherwise. Such attackers broke feature squeezing (He
 * 2017), learned detectors (Carlini 2017) and intrinsic dimensionality (Athalye 2018).
 *
 * <pre>{@code
 * EvasionDetector detector = Mahalanobis.standard().fit(net, training);
 * Threshold threshold = Threshold.calibrate(detector, heldOut, 0.05);
 * RobustnessReport report =
 *     Robustness.of(new DetectingModel(net, detector, threshold))
 *         .under(ThreatModel.linf(0.1f))
 *         .attackedBy(AutoAttack.standard())
 *         .evaluate(examples);
 * }</pre>
 */
@NullMarked
package io.gauntlet.defenses.evasion;

import org.jspecify.annotations.NullMarked;
