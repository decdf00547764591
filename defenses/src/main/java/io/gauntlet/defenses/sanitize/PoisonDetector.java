package io.gauntlet.defenses.sanitize;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import java.util.BitSet;

/** Anything that suspects rows of a labelled batch, such as a detector of poisoned data. */
@FunctionalInterface
public interface PoisonDetector {
  /** Which rows are suspected; deterministic. */
  BitSet suspects(Batch inputs, Labels labels);
}
