/**
 * Gauntlet measured against others: {@link io.gauntlet.benchmarks.Contender} is its side of the
 * race that {@code benchmarks/peers} runs. {@link io.gauntlet.benchmarks.Backdoors} holds planted
 * backdoors against what their papers say, {@link io.gauntlet.benchmarks.Targeted} poisons for one
 * image against plain blends, {@link io.gauntlet.benchmarks.Harden} trained nets against what their
 * papers report, {@link io.gauntlet.benchmarks.CertifiedTraining} those that were trained for
 * certificates; {@link io.gauntlet.benchmarks.Tradeoff} shows what TRADES trades. {@link
 * io.gauntlet.benchmarks.Defended} attacks defenses that stand in front of a net, with and without
 * knowledge of them.
 */
@NullMarked
package io.gauntlet.benchmarks;

import org.jspecify.annotations.NullMarked;
