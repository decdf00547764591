package io.gauntlet.defenses.sanitize;

/**
 * Whether a source is distributed like the baseline, in one column or in all together.
 *
 * @param source what was compared with the baseline
 * @param column its column; {@code *} for all together
 * @param test {@code Kolmogorov-Smirnov}, {@code chi-square} or {@code MMD}
 * @param statistic D, χ² or the unbiased MMD² (which may be negative)
 * @param p probability of at least this statistic without drift
 * @param corrected p corrected for the number of tests of the stage
 * @param drifted whether the corrected p is at most the stage's level
 */
public record DriftTest(
    String source,
    String column,
    String test,
    double statistic,
    double p,
    double corrected,
    boolean drifted) {}
