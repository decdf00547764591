package io.gauntlet.defenses.certify.smoothing;

import java.util.OptionalInt;

/**
 * What the smoothed classifier answers to one example, if it is sure enough.
 *
 * @param example its position in the data set
 * @param prediction the class; empty where it abstains
 * @param votes noisy copies with the class that most had
 * @param runnerUpVotes noisy copies with the next class
 * @param pValue of the exact two-sided test that both are equally likely; in (0, 1]
 */
public record Prediction(
    long example, OptionalInt prediction, int votes, int runnerUpVotes, double pValue) {}
