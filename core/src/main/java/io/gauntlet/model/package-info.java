/**
 * What is attacked: a classifier that maps a batch of inputs to one row of scores per input.
 *
 * <table><caption>Which interface to implement</caption>
 * <tr><th>interface</th><th>adds</th><th>asked for by</th></tr>
 * <tr><td>{@link io.gauntlet.model.Model}</td><td>scores</td><td>black-box attacks</td></tr>
 * <tr><td>{@link io.gauntlet.model.DifferentiableModel}</td><td>the vector-Jacobian product of one
 * forward pass</td><td>white-box attacks</td></tr>
 * <tr><td>{@link io.gauntlet.model.RetryingModel}</td><td>word of every query that it repeats</td>
 * <td>the count of queries, where a server may be busy</td></tr>
 * <tr><td>{@link io.gauntlet.model.TrainableModel}</td><td>one training step</td><td>adversarial
 * training, extraction, poisoning</td></tr>
 * <tr><td>{@link io.gauntlet.model.ScheduledModel}</td><td>the learning rate of its steps</td>
 * <td>learning-rate schedules</td></tr>
 * <tr><td>{@link io.gauntlet.model.ResumableModel}</td><td>all that its next step depends on, as
 * bytes</td><td>checkpoints, going back to the best weights</td></tr>
 * <tr><td>{@link io.gauntlet.model.ParametricModel}</td><td>its parameters, and the derivative by
 * them</td><td>gradient matching, pruning</td></tr>
 * <tr><td>{@link io.gauntlet.model.FeatureModel}</td><td>its penultimate layer</td><td>detectors of
 * poison, feature collision</td></tr>
 * </table>
 *
 * <p>Losses ({@link io.gauntlet.model.CrossEntropy}, {@link io.gauntlet.model.SoftLabels}, {@link
 * io.gauntlet.model.Margin}, {@link io.gauntlet.model.Dlr}) are plain Java over the scores, so that
 * a backend never implements one: it is handed their derivative by the logits and carries it back
 * to the input.
 *
 * <p>{@link io.gauntlet.model.SelfCheck} finds backends whose gradients are not those of their
 * scores.
 *
 * <p>{@link io.gauntlet.model.Mlp} is a network without any engine, for tests, small models and
 * linear ones. {@link io.gauntlet.model.Models} makes a model of any function that gives scores or
 * labels, as tree ensembles do.
 */
@NullMarked
package io.gauntlet.model;

import org.jspecify.annotations.NullMarked;
