/**
 * Poisoned training data: planted backdoors and false labels.
 *
 * <pre>{@code
 * Backdoor attack = Backdoor.badNets(Aim.at(0)).withRate(0.05);
 * Poisoned<Examples> poisoned = attack.poison(training, Domain.UNIT, Seed.of(1));
 * Fit.standard().train(reference, training, Seed.of(2));
 * Fit.standard().train(suspect, poisoned.data(), Seed.of(2));
 * Examples triggered = attack.triggered(test, Domain.UNIT);
 * BackdoorReport report = BackdoorReport.measure(suspect, reference, test, triggered);
 * double success = report.success().value();
 * Interval within = report.success().interval(0.95);
 * double cost = report.accuracyDrop();
 * List<Long> truth = poisoned.poisoned();
 * }</pre>
 *
 * <p>An {@link io.gauntlet.attacks.poisoning.Aim} says which class is to become which, a {@link
 * io.gauntlet.attacks.poisoning.trigger.Trigger} how an input changes, an attack which training
 * examples are touched. {@link io.gauntlet.attacks.poisoning.Poisoned} keeps the truth that
 * detectors are measured against.
 *
 * <table><caption>Backdoors: the model is right until it sees the trigger</caption>
 * <tr><th>attack</th><th>the attacker</th><th>when to pick it</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.Backdoor#badNets}</td><td>changes inputs and
 * labels</td><td>first: the strongest at the lowest rate, and the easiest to see</td><td>Gu
 * 2017</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.Backdoor#blended}</td><td>the same</td><td>the
 * defense looks for patches</td><td>Chen 2017</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.Backdoor#waNet}</td><td>the same</td><td>people or
 * filters look at the pixels</td><td>Nguyen 2021</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.Backdoor#sampleSpecific}</td><td>the
 * same</td><td>the defense takes the trigger to be one pattern</td><td>after Nguyen 2020, Li
 * 2021</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.Backdoor} with a {@link
 * io.gauntlet.attacks.poisoning.trigger.ColumnTrigger}</td><td>the same</td><td>tables</td><td></td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.TextBackdoor}</td><td>the same, of
 * texts</td><td>texts, whatever makes numbers of them</td><td>Dai 2019</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.CleanLabel#sig}</td><td>changes inputs of one class
 * only</td><td>somebody checks the labels</td><td>Barni 2019</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.AdversarialCleanLabel}</td><td>the same, and has a
 * proxy</td><td>likewise, where {@code CleanLabel} is too weak</td><td>Turner 2019</td></tr>
 * </table>
 *
 * <table><caption>Poisons under right labels for one target, or for a trigger nobody sees</caption>
 * <tr><th>attack</th><th>needs</th><th>when to pick it</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.FeatureCollision}</td><td>the victim's features,
 * fixed</td><td>one poison, transfer learning</td><td>Shafahi 2018</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.BullseyePolytope}</td><td>features like the
 * victim's</td><td>transfer learning on features that are known roughly</td><td>Aghakhani
 * 2021</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.GradientMatching}</td><td>surrogates of the victim's
 * architecture</td><td>the victim is trained from scratch</td><td>Geiping 2021</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.HiddenTrigger}</td><td>the victim's features,
 * fixed</td><td>a backdoor for people who look at labels and at images</td><td>Saha 2020</td></tr>
 * </table>
 *
 * <table><caption>Availability: the model errs on everything</caption>
 * <tr><th>attack</th><th>needs</th><th>when to pick it</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.LinearAvailability}</td><td>training and validation
 * data of two classes</td><td>linear models, tables</td><td>Biggio 2012</td></tr>
 * </table>
 *
 * <table><caption>False labels: inputs stay as they are, of whatever kind</caption>
 * <tr><th>attack</th><th>the attacker</th><th>when to pick it</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.RandomFlip}</td><td>knows nothing</td><td>the
 * baseline; careless annotators</td><td></td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.TargetedFlip}</td><td>wants one class taken for
 * another</td><td>integrity of one class</td><td>Tolpegin 2020</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.poisoning.DamagingFlip}</td><td>has a proxy</td><td>how bad can
 * it get</td><td>Xiao 2012</td></tr>
 * </table>
 */
@NullMarked
package io.gauntlet.attacks.poisoning;

import org.jspecify.annotations.NullMarked;
