package io.gauntlet.defenses.repair;

import io.gauntlet.evaluate.Rate;

/**
 * How a model behaves under a {@link Trial}; {@link Rate#interval} says how sure that is.
 *
 * @param accuracy clean test examples that it answers rightly
 * @param attackSuccess triggered examples of other classes that it answers as the attacker wants
 */
public record Behaviour(Rate accuracy, Rate attackSuccess) {}
