package io.gauntlet.defenses.sanitize;

import java.util.List;

/** What bounded memory has to confess. */
final class Recall {
  private Recall() {}

  static List<String> note(int remembered, long forgotten) {
    return forgotten == 0
        ? List.of()
        : List.of(
            ("each row was compared with the latest %s different rows;"
                    + " %s earlier ones were forgotten")
                .formatted(remembered, forgotten));
  }
}
