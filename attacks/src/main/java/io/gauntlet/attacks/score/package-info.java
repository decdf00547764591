/**
 * Black-box attacks that see scores: they ask, compare and try again, and so are blind to masked
 * gradients.
 *
 * <table><caption>Which to pick</caption>
 * <tr><th>attack</th><th>answers</th><th>norms</th><th>passes</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.score.Square}</td><td>fooled within epsilon by somebody who
 * sees scores only? a check on white-box attacks too</td><td>Linf, L2, L1</td><td>up to 5,001
 * forward</td><td>Andriushchenko 2020</td></tr>
 * </table>
 */
@NullMarked
package io.gauntlet.attacks.score;

import org.jspecify.annotations.NullMarked;
