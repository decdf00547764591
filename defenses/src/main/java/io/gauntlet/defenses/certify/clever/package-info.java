/**
 * Estimates of robustness without an attack, which prove nothing: CLEVER.
 *
 * <pre>{@code
 * List<CleverEstimate> estimates =
 *     Clever.standard(Norm.l2(), 5).estimate(model, images, Seed.of(1));
 * System.out.println(estimates.get(0)); // example 0: L2 1.213 of class 7 towards 3 is an estimate, ...
 * }</pre>
 *
 * <table><caption>What is known of the distance to the nearest input with another answer</caption>
 * <tr><th>from</th><th>is</th></tr>
 * <tr><td>{@code defenses.certify.bounds}, {@code defenses.certify.smoothing}</td><td>at least: a
 * proof</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.certify.clever.Clever}</td><td>about at least: a guess that
 * masked gradients make too large</td></tr>
 * <tr><td>any attack</td><td>at most: an example</td></tr>
 * </table>
 *
 * <p>The package neither uses nor serves those of the certificates, so that nothing here can be
 * counted as one.
 */
@NullMarked
package io.gauntlet.defenses.certify.clever;

import org.jspecify.annotations.NullMarked;
