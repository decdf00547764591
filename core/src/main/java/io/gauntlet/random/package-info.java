/** The only source of randomness: a seed, and the position of an example in its data set. */
@NullMarked
package io.gauntlet.random;

import org.jspecify.annotations.NullMarked;
