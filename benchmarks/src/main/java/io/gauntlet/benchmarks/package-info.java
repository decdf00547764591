/**
 * Gauntlet measured against others: {@link io.gauntlet.benchmarks.Contender} is its side of the
 * race that {@code benchmarks/peers} runs.
 */
@NullMarked
package io.gauntlet.benchmarks;

import org.jspecify.annotations.NullMarked;
