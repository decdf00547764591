package io.gauntlet.defenses.incident;

import java.util.List;
import org.apache.commons.math3.distribution.HypergeometricDistribution;

/**
 * Whether a source has more than its share of the suspected rows: Fisher's exact test, corrected by
 * Bonferroni for the number of sources.
 *
 * @param source in question
 * @param suspected rows of all sources
 * @param screened rows of all sources that could have been suspected
 * @param p corrected probability of as many suspected rows, were they spread at random
 */
record Concentration(SourceAccount source, long suspected, long screened, double p) {
  private static final double LEVEL = 0.001;

  /** The sources that have more than their share. */
  static List<Concentration> in(List<SourceAccount> sources) {
    long suspected = sources.stream().mapToLong(SourceAccount::suspected).sum();
    long screened = sources.stream().mapToLong(SourceAccount::screened).sum();
    return sources.stream()
        .filter(source -> source.suspected() > 0)
        .map(source -> of(source, suspected, screened, sources.size()))
        .filter(found -> found.p() <= LEVEL)
        .toList();
  }

  private static Concentration of(SourceAccount source, long suspected, long screened, int tests) {
    HypergeometricDistribution chance =
        new HypergeometricDistribution(
            null,
            Math.toIntExact(screened),
            Math.toIntExact(source.screened()),
            Math.toIntExact(suspected));
    double p = chance.upperCumulativeProbability(Math.toIntExact(source.suspected()));
    return new Concentration(source, suspected, screened, Math.min(1, tests * p));
  }
}
