/**
 * Baselines that know nothing of the model: what an input survives by accident. An attack that does
 * no better than these is not working.
 */
@NullMarked
package io.gauntlet.attacks.noise;

import org.jspecify.annotations.NullMarked;
