package io.gauntlet.defenses.incident;

import java.time.Instant;

/**
 * One line of the timeline.
 *
 * @param at when
 * @param what happened
 */
public record Event(Instant at, String what) {}
