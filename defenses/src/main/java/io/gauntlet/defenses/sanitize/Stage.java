package io.gauntlet.defenses.sanitize;

/**
 * One check that every row has to pass.
 *
 * <p>What it decides must follow from its settings and the rows alone, or a resumed run would not
 * end like an undisturbed one. Records write their {@link #settings()} as {@code toString()}.
 */
public interface Stage {
  /** What reports call it; once in a pipeline; fit to name a file. */
  String name();

  /** Everything that decides the outcome. A run is resumed by equal settings only. */
  String settings();

  /**
   * Looks at the rows as a whole, as often as it needs, before it judges each.
   *
   * @param rows those that passed all stages before
   * @return a fresh inspection, which is then asked once about every row, in order
   */
  Inspection begin(Rows rows);
}
