/**
 * Certificates by bound propagation: what a ReLU network can answer anywhere within a threat model.
 *
 * <pre>{@code
 * ReluNetwork network = OnnxLayers.read(Path.of("net.onnx"));
 * CertificationReport certificates =
 *     Certification.of(network, ThreatModel.linf(0.1f))
 *         .by(LinearBounds.crown(), BranchAndBound.standard())
 *         .certify(examples);
 * RobustnessReport attacked = ... // at least of the examples that are not certified
 * System.out.print(Sandwich.of(certificates, attacked));
 * }</pre>
 *
 * <table><caption>Which to pick, cheapest first</caption>
 * <tr><th>verifier</th><th>costs</th><th>good for</th></tr>
 * <tr><td>{@link io.gauntlet.defenses.certify.bounds.IntervalBounds}</td><td>two forward passes</td>
 * <td>networks that were trained by it</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.certify.bounds.LinearBounds#crownIbp}</td><td>one pass back
 * more</td><td>networks that were trained by it</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.certify.bounds.LinearBounds#crown}</td><td>a pass back for each
 * ReLU that intervals leave open</td><td>any small network; where to begin</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.certify.bounds.LinearBounds#fastLin}</td><td>the same</td>
 * <td>a few examples that CROWN leaves, and the other way round</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.certify.bounds.BranchAndBound}</td><td>up to a thousand times
 * that</td><td>what is left; it also finds counterexamples</td></tr>
 * </table>
 *
 * <p>{@link io.gauntlet.defenses.certify.train.IntervalTraining} trains networks for the first two.
 *
 * <p><b>What is proved.</b> A {@link io.gauntlet.defenses.certify.bounds.Claim} is about a network
 * of the layers that {@link io.gauntlet.model.Layer} knows, and a ball of Linf, L2 or L1, cut to
 * the domain unless {@link io.gauntlet.defenses.certify.bounds.Claims#beyondDomain} says otherwise.
 * Under L2 and L1 the cut ball is bounded by the better of ball and box, not by both at once.
 *
 * <p><b>Rounding.</b> Bounds are computed in 64 bits and rounded outwards: every sum carries the
 * sizes of what was added, and is lowered by as much as any order of summation may lose (Higham's
 * bound); coefficients that were rounded on the way back cost their error times the largest value
 * that the feature may have. So bounds hold in exact arithmetic. A {@link
 * io.gauntlet.defenses.certify.bounds.Certification} asks for more: an engine computes in 32 bits,
 * which may cost a margin as much as {@link io.gauntlet.defenses.certify.bounds.Margins#drift}
 * says, and an evaluation forgives attacks that overstep the radius by rounding. Both are part of
 * its claims, so that an attack inside a certificate is a contradiction, which {@link
 * io.gauntlet.defenses.certify.bounds.Sandwich} throws as a {@link
 * io.gauntlet.defenses.certify.bounds.BrokenCertificateException}.
 *
 * <p><b>Beside auto_LiRPA.</b> The same method gives the same bounds, whatever the norm. Its
 * defaults are looser in two places: under L2 and L1 its intervals charge a padded convolution for
 * the padding too, and what enters a ReLU is bounded linearly even where the interval is narrower
 * ({@code compare_crown_with_ibp}). Narrower boxes mean other lines, which mostly gains.
 *
 * <p><b>Limits.</b> One label for each input, ReLU only: pooling by maximum, smooth activations and
 * attention have no bounds here. Time grows with the number of ReLUs times the size of the network.
 */
@NullMarked
package io.gauntlet.defenses.certify.bounds;

import org.jspecify.annotations.NullMarked;
