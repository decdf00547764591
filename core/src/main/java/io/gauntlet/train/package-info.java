/**
 * The plain training loop that attacks, defenses and examples share, so that a victim, a copy and a
 * repaired model learn alike.
 */
@NullMarked
package io.gauntlet.train;

import org.jspecify.annotations.NullMarked;
