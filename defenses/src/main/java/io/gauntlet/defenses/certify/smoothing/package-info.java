/**
 * Certificates by randomised smoothing: a classifier that answers by the vote of noisy copies, and
 * the radius around each input within which that vote cannot turn.
 *
 * <pre>{@code
 * new GaussianAugmentation(0.5f, new Fit(10, 64)).train(model, training, Seed.of(1));
 * SmoothingReport report =
 *     RandomizedSmoothing.standard(new Noise.Gaussian(0.5f)).certify(model, examples, Seed.of(2));
 * System.out.println(report);                        // certified accuracy by radius
 * report.certifiedAccuracy(1.0).value();             // at L2 radius 1
 * report.certifiedAccuracy(Norm.linf(), 0.01);       // what that implies in Linf
 * report.certifiedAccuracyAtLeast(1.0, 0.999);       // less the proofs that may be wrong
 * }</pre>
 *
 * <table><caption>Which noise</caption>
 * <tr><th>noise</th><th>certifies</th><th>radius for probability p</th></tr>
 * <tr><td>{@link io.gauntlet.defenses.certify.smoothing.Noise.Gaussian}</td><td>L2</td>
 * <td>{@code sigma * Phi^-1(p)}</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.certify.smoothing.Noise.Uniform}</td><td>L1</td>
 * <td>{@code 2 * halfWidth * (p - 1/2)}</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.certify.smoothing.Noise.Laplace}</td><td>L1</td>
 * <td>{@code -scale * log(2 (1 - p))}</td></tr>
 * </table>
 *
 * <p>Any {@link io.gauntlet.model.Model} can be smoothed, but one that has not learnt under such
 * noise votes badly: train it by {@code io.gauntlet.defenses.train.GaussianAugmentation} first. The
 * cost is {@code n0 + n} forward passes for each example, which all workers of the model share.
 *
 * <p>The proof is of the smoothed classifier. {@link
 * io.gauntlet.defenses.certify.smoothing.SmoothedModel} is its vote as a model for attacks that
 * ask, {@link io.gauntlet.defenses.certify.smoothing.SoftSmoothedModel} the view with gradients for
 * attackers who know it.
 */
@NullMarked
package io.gauntlet.defenses.certify.smoothing;

import org.jspecify.annotations.NullMarked;
