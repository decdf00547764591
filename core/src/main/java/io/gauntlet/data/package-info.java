/** Labelled data and the readers that bring it in from files. */
@NullMarked
package io.gauntlet.data;

import org.jspecify.annotations.NullMarked;
