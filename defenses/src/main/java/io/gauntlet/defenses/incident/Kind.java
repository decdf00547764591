package io.gauntlet.defenses.incident;

import java.util.List;
import java.util.stream.Stream;

/** What sort of poison it is, and what the catalogues call it. */
public enum Kind {
  /** Inputs with a trigger get the attacker's answer; poisoned rows have false labels. */
  BACKDOOR("Backdoor"),
  /** The same under labels that are right. */
  CLEAN_LABEL_BACKDOOR("Clean-label backdoor"),
  /** Chosen inputs get the attacker's answer, without a trigger. */
  TARGETED("Targeted poisoning"),
  /** False labels, or rows that make the model worse for everybody. */
  AVAILABILITY("Availability poisoning");

  private static final Classification POISONED_MODEL =
      Classification.atlas("AML.T0018.000", "Manipulate AI Model: Poison AI Model");
  private static final Classification TRIGGER =
      Classification.atlas("AML.T0043.004", "Craft Adversarial Data: Insert Backdoor Trigger");

  private final String title;

  Kind(String title) {
    this.title = title;
  }

  /** Its name in reports. */
  public String title() {
    return title;
  }

  /** Techniques and risks that it is an instance of. */
  public List<Classification> classifications() {
    return Stream.concat(
            Stream.of(
                Classification.atlas("AML.T0020", "Poison Training Data"),
                Classification.owasp("ML02:2023", "Data Poisoning Attack")),
            particular())
        .toList();
  }

  private Stream<Classification> particular() {
    return switch (this) {
      case BACKDOOR ->
          Stream.of(
              POISONED_MODEL, TRIGGER, Classification.nist("NISTAML.023", "Backdoor Poisoning"));
      case CLEAN_LABEL_BACKDOOR ->
          Stream.of(
              POISONED_MODEL, TRIGGER, Classification.nist("NISTAML.021", "Clean-label Backdoor"));
      case TARGETED ->
          Stream.of(POISONED_MODEL, Classification.nist("NISTAML.024", "Targeted Poisoning"));
      case AVAILABILITY ->
          Stream.of(
              Classification.atlas("AML.T0031", "Erode AI Model Integrity"),
              Classification.atlas("AML.T0059", "Erode Dataset Integrity"),
              Classification.owasp("ML08:2023", "Model Skewing"),
              Classification.nist("NISTAML.013", "Data Poisoning"));
    };
  }
}
