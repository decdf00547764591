package io.gauntlet.defenses.repair;

import io.gauntlet.model.Model;

/**
 * A repaired model, and what the repair did.
 *
 * @param model the one to use from now on
 * @param before how the model with the backdoor behaved
 * @param after how the repaired one does
 * @param examples how many it was trained on in every epoch of the repair
 * @param epochs how many there were
 * @param prunedUnits units of the penultimate layer that no longer count; 0 where none was pruned
 */
public record Repair<M extends Model>(
    M model, Behaviour before, Behaviour after, int examples, int epochs, int prunedUnits) {}
