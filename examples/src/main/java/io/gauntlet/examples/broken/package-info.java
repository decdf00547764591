/**
 * Published defenses that fell, each small enough to be read beside its paper. None of them
 * protects anything: they are here to test attacks and evaluations, which must not believe them.
 *
 * <table><caption>The collection</caption>
 * <tr><th>defense</th><th>paper</th><th>what misled</th><th>how it fell</th></tr>
 * <tr><td>{@link io.gauntlet.examples.broken.Distilled}</td><td>Papernot 2016</td><td>a softmax so
 * sharp that its cross-entropy has no gradient</td><td>losses of the logits: Carlini, Wagner
 * 2017</td></tr>
 * <tr><td>{@link io.gauntlet.examples.broken.Thermometer}</td><td>Buckman 2018</td><td>bits, which
 * have no slope</td><td>BPDA: Athalye 2018</td></tr>
 * <tr><td>{@link io.gauntlet.examples.broken.RandomResizing}</td><td>Xie 2018</td><td>a gradient
 * that is another one each time</td><td>EOT: Athalye 2018</td></tr>
 * <tr><td>{@link io.gauntlet.examples.broken.KWinners}</td><td>Xiao 2020</td><td>a gradient that is
 * right and says nothing about the next step</td><td>black-box attacks and mean gradients: Tramer
 * 2020</td></tr>
 * <tr><td>{@link io.gauntlet.examples.broken.DetectorPair}</td><td>Gong 2017, Metzen 2017</td>
 * <td>attackers who did not know of the detectors</td><td>a joint loss: Carlini, Wagner
 * 2017</td></tr>
 * </table>
 *
 * <p>{@code io.gauntlet.examples.KnownBroken} trains and attacks them all.
 */
@NullMarked
package io.gauntlet.examples.broken;

import org.jspecify.annotations.NullMarked;
