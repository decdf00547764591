package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import java.util.List;

/**
 * Several triggers, one on top of the other.
 *
 * @param parts first to last; at least one
 */
public record CombinedTrigger(List<Trigger> parts) implements Trigger {
  /** Copies and checks. */
  public CombinedTrigger {
    parts = List.copyOf(parts);
    Check.atLeast(1, parts.size(), "number of combined triggers");
  }

  @Override
  public Batch.RowEdit onto(Shape shape, Domain domain) {
    List<Batch.RowEdit> edits = parts.stream().map(part -> part.onto(shape, domain)).toList();
    return (row, x) -> edits.forEach(edit -> edit.apply(row, x));
  }
}
