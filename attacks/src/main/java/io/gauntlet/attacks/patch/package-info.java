/**
 * Patches: what an attacker does who may change a small part of the picture at will, such as by a
 * sticker.
 *
 * <table><caption>Which to pick</caption>
 * <tr><th>class</th><th>answers</th><th>threat</th><th>passes</th><th>paper</th></tr>
 * <tr><td>{@link io.gauntlet.attacks.patch.AdversarialPatch}</td><td>crafts one patch for all images
 * and all places, by gradients</td><td>its share of the image</td><td>20 each way for each training
 * example</td><td>Brown 2017</td></tr>
 * <tr><td>{@link io.gauntlet.attacks.patch.Patch}</td><td>does the patch fool unseen images, at one
 * place or at the worst of several?</td><td>unbounded, or L0 of at least its features</td><td>1
 * forward for each place</td><td>the same</td></tr>
 * </table>
 */
@NullMarked
package io.gauntlet.attacks.patch;

import org.jspecify.annotations.NullMarked;
