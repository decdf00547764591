/**
 * Adversarial training: one loop, {@link io.gauntlet.defenses.train.Hardening}, and a recipe for
 * what it does with a batch.
 *
 * <table><caption>Which recipe does what</caption>
 * <tr><th>recipe</th><th>passes each way per batch</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.defenses.train.StandardTraining}</td><td>1</td><td></td></tr>
 * <tr><td>{@link io.gauntlet.defenses.train.AdversarialTraining}</td><td>those of the attack, and 1
 * </td><td>Madry 2018</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.train.FastTraining}</td><td>2</td><td>Wong 2020</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.train.FreeTraining}</td><td>1 per replay</td><td>Shafahi
 * 2019</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.train.Trades}</td><td>1 per step of the attacker, and 2</td>
 * <td>Zhang 2019</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.train.Mart}</td><td>those of the attack, and 2</td><td>Wang
 * 2020</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.train.EnsembleTraining}</td><td>those of the attack, and 2
 * </td><td>Tramer 2018</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.train.WeightPerturbation}</td><td>those of the recipe it is
 * around, and 1 for each of its steps</td><td>Wu 2020</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.certify.train.IntervalTraining}</td><td>about 3, and as many
 * more as there are classes while epsilon grows if it begins with CROWN-IBP; certificates</td><td>
 * Gowal 2018, Zhang 2020</td></tr>
 * </table>
 *
 * <p>Not recipes, for they need no attacker: {@link
 * io.gauntlet.defenses.train.GaussianAugmentation} makes base classifiers for randomised smoothing,
 * {@link io.gauntlet.defenses.train.LabelSmoothing} is a regulariser that is worth little, and
 * {@link io.gauntlet.defenses.train.Distillation} is worth nothing against an attacker who knows it
 * (Carlini, Wagner 2017).
 *
 * <p>Beside the recipe the loop has a {@link io.gauntlet.defenses.train.Schedule} of the learning
 * rate, a clean start and a warm-up of epsilon, a {@link io.gauntlet.defenses.train.Validation}
 * that keeps the most robust weights, a {@link io.gauntlet.defenses.train.Guard} against
 * catastrophic overfitting, a {@link io.gauntlet.defenses.train.WeightAverage} ({@link
 * io.gauntlet.defenses.train.ExponentialAverage} or {@link
 * io.gauntlet.defenses.train.StochasticAverage}), and a checkpoint that survives a kill.
 *
 * <p>Inner attacks run in evaluation mode (batch norm on its running statistics, no dropout), steps
 * in training mode. The recipes take any {@link io.gauntlet.attack.Attack}; {@link
 * io.gauntlet.defenses.train.ProjectedAscent} is the plain one that the papers train with.
 *
 * <pre>{@code
 * History history =
 *     Hardening.against(ThreatModel.linf(0.3f), FastTraining.standard())
 *         .withWarmUp(2)
 *         .withGuard(Guard.standard())
 *         .train(model, examples, Seed.of(1));
 * System.out.print(history.table());
 * }</pre>
 */
@NullMarked
package io.gauntlet.defenses.train;

import org.jspecify.annotations.NullMarked;
