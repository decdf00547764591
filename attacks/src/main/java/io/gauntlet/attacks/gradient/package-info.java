/**
 * White-box attacks: they follow the gradient of a loss with respect to the input.
 *
 * <table><caption>Which to pick</caption>
 * <tr><th>attack</th><th>answers</th><th>norms</th><th>passes</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.gradient.Fgsm}</td><td>is there any robustness at all? one
 * step</td><td>all</td><td>1</td><td>Goodfellow 2015</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.gradient.Bim}</td><td>as FGSM, with small steps from the clean
 * input</td><td>all</td><td>10</td><td>Kurakin 2017</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.gradient.Pgd}</td><td>fooled within epsilon? the work
 * horse</td><td>all</td><td>40 per run, 2 runs</td><td>Madry 2018</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.gradient.Apgd}</td><td>as PGD, without a step size to choose;
 * towards a randomised model with draws</td><td>Linf, L2, L1</td><td>100 per run; 900 for
 * APGD-T</td><td>Croce 2020</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.gradient.Fab}</td><td>how near is the boundary? within epsilon,
 * or the closest adversarial example</td><td>Linf, L2, L1</td><td>100, times the classes; 900 for
 * FAB-T</td><td>Croce 2020</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.gradient.MiFgsm}</td><td>would it fool another model too?
 * transfer attacks (MI, NI, DI, TI)</td><td>all</td><td>10</td><td>Dong 2018</td></tr>
 * </table>
 *
 * <p>To write your own, implement {@link io.gauntlet.attack.Attack} as a record and extend {@code
 * io.gauntlet.junit.AttackContract} in a test.
 */
@NullMarked
package io.gauntlet.attacks.gradient;

import org.jspecify.annotations.NullMarked;
