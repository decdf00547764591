/**
 * What every attack is made of: the {@link io.gauntlet.attack.Attack} interface, the {@link
 * io.gauntlet.attack.Goal} it pursues, and the {@link io.gauntlet.attack.Incumbent} it keeps. The
 * attacks themselves are in the module {@code gauntlet-attacks}.
 */
@NullMarked
package io.gauntlet.attack;

import org.jspecify.annotations.NullMarked;
