package io.gauntlet.defenses.detect;

/**
 * What was found out about one part of the training set, which no other part shares a row with.
 *
 * @param part what was judged as one, such as {@code class 7} or {@code source crawl-3}
 * @param ruling what came of it
 * @param rows in the part
 * @param flagged of these
 * @param threshold rows that score above it are flagged; infinite where none are to be, NaN where
 *     nothing was judged
 * @param reason the measured numbers, in a sentence
 */
public record Verdict(
    String part, Ruling ruling, int rows, int flagged, double threshold, String reason) {}
