package io.gauntlet.attacks.extraction;

/**
 * How good a copy is on examples that no thief has seen.
 *
 * @param agreement held-out examples that copy and victim answer alike, right or wrong: fidelity in
 *     the narrow sense (Jagielski 2020)
 * @param accuracy held-out examples that the copy answers rightly
 * @param victimAccuracy those that the victim answers rightly
 */
public record Fidelity(Share agreement, Share accuracy, Share victimAccuracy) {}
