/**
 * What attacks on images share: how pixels lie in a row of a batch ({@link
 * io.gauntlet.attacks.image.ImageShape}), one image laid over another one ({@link
 * io.gauntlet.attacks.image.Placement}), and the account of candidates that no ball confines
 * ({@link io.gauntlet.attacks.image.Trials}). The attacks are in {@code spatial}, {@code patch} and
 * {@code corruption}.
 */
@NullMarked
package io.gauntlet.attacks.image;

import org.jspecify.annotations.NullMarked;
