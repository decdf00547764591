/**
 * What attacks on images share: one image laid over another one ({@link
 * io.gauntlet.attacks.image.Placement}), and the account of candidates that no ball confines
 * ({@link io.gauntlet.attacks.image.Trials}). The attacks are in {@code spatial}, {@code patch} and
 * {@code corruption}.
 */
@NullMarked
package io.gauntlet.attacks.image;

import org.jspecify.annotations.NullMarked;
