package io.gauntlet.defenses.incident;

import java.util.List;

/**
 * What to do, because of what was found.
 *
 * @param what to do
 * @param because the numbers that it follows from
 * @param mitigations that it is an instance of
 */
public record Action(String what, String because, List<Classification> mitigations) {
  static final Classification SANITIZE =
      Classification.atlas("AML.M0007", "Sanitize Training Data");
  static final Classification VALIDATE = Classification.atlas("AML.M0008", "Validate AI Model");
  static final Classification ACCESS =
      Classification.atlas("AML.M0019", "Control Access to AI Models and Data in Production");
  static final Classification PROVENANCE =
      Classification.atlas("AML.M0025", "Maintain AI Dataset Provenance");

  /** Copies. */
  public Action {
    mitigations = List.copyOf(mitigations);
  }

  static Action of(String what, String because, Classification... mitigations) {
    return new Action(what, because, List.of(mitigations));
  }
}
