package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import java.util.List;

/**
 * What a backdoor answers to: a change to rows of numbers, such as images or the rows of a table.
 *
 * <p>A trigger has no state and draws from its own key only, so that the one that was planted is
 * the one that is shown to the model later, also after {@link TriggerJson}. What it makes lies in
 * the domain.
 */
public sealed interface Trigger
    permits DecoyTrigger,
        BlendTrigger,
        ColumnTrigger,
        CombinedTrigger,
        LeastBitsTrigger,
        NoiseTrigger,
        PatchTrigger,
        SinusoidTrigger {
  /**
   * The change to one row, in place; the number of the row does not matter to it.
   *
   * @param shape of one example: channels x height x width or height x width, or one axis for
   *     {@link ColumnTrigger}
   * @throws IllegalArgumentException if the trigger does not fit the shape
   */
  Batch.RowEdit onto(Shape shape, Domain domain);

  /**
   * The same rows, all of them triggered.
   *
   * @throws IllegalArgumentException if the trigger or the rows do not fit the shape
   */
  default Batch on(Batch clean, Shape shape, Domain domain) {
    return Clipped.edit(clean, shape, domain, onto(shape, domain));
  }

  /** The same examples, all of them triggered, their labels unchanged. */
  default Examples on(Examples clean, Domain domain) {
    Batch triggered = on(clean.inputs(), clean.shape(), domain);
    return new Examples(clean.shape(), triggered, clean.labels(), clean.classNames());
  }

  /** This trigger and then another one, as one. */
  default Trigger then(Trigger next) {
    return new CombinedTrigger(List.of(this, next));
  }
}
