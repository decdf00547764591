package io.gauntlet.defenses;

/**
 * A monitor's suspicion of a client. For the operator only: a thief who is told adapts sooner.
 *
 * @param monitor which monitor
 * @param client whom it suspects
 * @param latency rows that the monitor had seen of this client when it spoke up
 * @param reason the statistic and the threshold it crossed
 */
public record Alarm(String monitor, String client, long latency, String reason) {}
