/**
 * Programs to run from the IDE or from Maven. Each has a method that returns the result, which a
 * test calls too.
 *
 * <table><caption>Programs</caption>
 * <tr><th>main</th><th>shows</th></tr>
 * <tr><td>{@link io.gauntlet.examples.QuickStart}</td><td>train, attack and report in half a
 * minute, on digits that are shipped with it</td></tr>
 * <tr><td>{@link io.gauntlet.examples.EvaluateModel}</td><td>evaluate your own model file on your
 * own data file</td></tr>
 * <tr><td>{@link io.gauntlet.examples.StealModelOverRest}</td><td>serve a model, steal it over HTTP
 * behind one guard after the other, and see what each is worth</td></tr>
 * <tr><td>{@link io.gauntlet.examples.ProveTheft}</td><td>mark a model in three ways, steal it, and
 * see which mark convicts which thief</td></tr>
 * <tr><td>{@link io.gauntlet.examples.SpamBackdoorIncident}</td><td>hide a phrase in a spam filter's
 * training data that lets spam pass, find it, repair the filter, and report the incident</td></tr>
 * <tr><td>{@link io.gauntlet.examples.BadNetsOnImages}</td><td>plant a patch in digits, look for it in
 * rows, inputs and the network, and train it away</td></tr>
 * <tr><td>{@link io.gauntlet.examples.KnownBroken}</td><td>put published defenses that fell before
 * the default evaluation, and see what it says of each</td></tr>
 * <tr><td>{@link io.gauntlet.examples.HardenImageClassifier}</td><td>train digits against an attacker,
 * and see what that gains and costs at growing epsilon</td></tr>
 * <tr><td>{@link io.gauntlet.examples.CertifyOnnxModel}</td><td>prove what no attack can do to an
 * ONNX network, attack the rest, and see the sandwich</td></tr>
 * </table>
 */
@NullMarked
package io.gauntlet.examples;

import org.jspecify.annotations.NullMarked;
