/**
 * Backdoors in a trained model: whether it has one, and which inputs call it.
 *
 * <table><caption>Which detector looks at what</caption>
 * <tr><th>detector</th><th>looks at</th><th>needs of the model</th><th>needs besides</th>
 * <th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.defenses.backdoor.Strip}</td><td>one input</td><td>scores</td>
 * <td>held-out clean inputs</td><td>Gao 2019</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.backdoor.ScaleUp}</td><td>one input</td><td>classes</td>
 * <td>held-out clean inputs</td><td>Guo 2023</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.backdoor.NeuralCleanse}</td><td>the model</td>
 * <td>gradients</td><td>clean inputs</td><td>Wang 2019</td></tr>
 * </table>
 *
 * <p>None sees every backdoor: what each is blind to stands in its documentation. Input-aware and
 * warping triggers pass all three.
 *
 * <pre>{@code
 * InputDetector strip = Strip.standard().calibrate(model, heldOut, Seed.of(1));
 * int[] suspects = strip.suspects(arriving);
 *
 * Inspection inspection =
 *     NeuralCleanse.standard().withRestarts(3).inspect(model, heldOut, Seed.of(2));
 * for (ReconstructedTrigger trigger : inspection.accused()) {
 *   System.out.println("class " + trigger.target() + " is " + trigger.size() + " pixels away");
 * }
 * }</pre>
 */
@NullMarked
package io.gauntlet.defenses.backdoor;

import org.jspecify.annotations.NullMarked;
