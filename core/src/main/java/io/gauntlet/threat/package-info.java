/**
 * What the attacker may do: norms, their budgets, and the neighbourhood of reachable inputs.
 *
 * <table><caption>The norms</caption>
 * <tr><th>norm</th><th>counts</th><th>projection onto ball and box</th></tr>
 * <tr><td>Linf</td><td>the largest change</td><td>clipping</td></tr>
 * <tr><td>L2</td><td>Euclidean length</td><td>features at their bound, one share of the rest; exact</td></tr>
 * <tr><td>L1</td><td>the sum of changes</td><td>sorted breakpoints of the dual, exact</td></tr>
 * <tr><td>L0</td><td>changed features</td><td>the features that matter most, exact</td></tr>
 * </table>
 */
@NullMarked
package io.gauntlet.threat;

import org.jspecify.annotations.NullMarked;
