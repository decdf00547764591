/**
 * Training for certificates: networks whose bounds are tight because they were trained to be.
 *
 * <p>{@link io.gauntlet.defenses.certify.train.Blueprint} draws an untrained network, {@link
 * io.gauntlet.defenses.certify.train.LearningNetwork} makes it, or one read from a file, learn by
 * any training there is, and {@link io.gauntlet.defenses.certify.train.IntervalTraining} is the
 * recipe for {@link io.gauntlet.defenses.train.Hardening} that asks for certificates. What comes
 * out is a {@link io.gauntlet.model.ReluNetwork}, which {@link
 * io.gauntlet.defenses.certify.bounds.Certification} certifies and every attack attacks.
 *
 * <table><caption>Which to pick</caption>
 * <tr><th>recipe</th><th>an epoch costs</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.defenses.certify.train.IntervalTraining#standard}</td><td>about three
 * plain ones; two with a kappa of 0 once epsilon has its full size</td><td>Gowal 2018</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.certify.train.IntervalTraining#crownIbp}</td><td>while epsilon
 * grows, as many more as there are classes</td><td>Zhang 2020</td></tr>
 * </table>
 *
 * <p>Which bounds to certify with: {@link io.gauntlet.defenses.certify.bounds.IntervalBounds}
 * first, since they are what was trained; CROWN-IBP behind them adds a few. What certificates cost
 * in clean accuracy grows with epsilon; a network that is to be robust but need not be proved so is
 * better trained by {@link io.gauntlet.defenses.train.AdversarialTraining}.
 *
 * <p><b>How it is computed.</b> In plain Java and 32 bits, derivatives written out by hand: boxes
 * are centres and radii, which go through a linear layer as points do, the radii by the absolute
 * values of the weights. Certificates do not rest on it: they are computed anew from the weights,
 * in 64 bits and rounded outwards.
 */
@NullMarked
package io.gauntlet.defenses.certify.train;

import org.jspecify.annotations.NullMarked;
