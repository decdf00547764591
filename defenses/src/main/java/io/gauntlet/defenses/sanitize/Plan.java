package io.gauntlet.defenses.sanitize;

import java.time.Instant;
import java.util.List;

/**
 * What a run set out to do; the same again resumes it.
 *
 * @param startedAt when it began
 * @param manifest its sources as they were then
 * @param formats of the sources, in their order
 * @param stages their settings, in their order
 * @param longest bytes a row may have
 */
record Plan(
    Instant startedAt, Manifest manifest, List<String> formats, List<String> stages, int longest) {
  Plan {
    formats = List.copyOf(formats);
    stages = List.copyOf(stages);
  }

  /** Refuses to go on with this plan if it has become another. */
  void requireSame(Plan now) {
    List<Manifest.Difference> differences = manifest.differencesFrom(now.manifest);
    if (!differences.isEmpty()) {
      throw refused("sources", manifest.files(), differences);
    }
    if (!formats.equals(now.formats)) {
      throw refused("order or formats of sources", formats, now.formats);
    }
    if (!stages.equals(now.stages)) {
      throw refused("stages", stages, now.stages);
    }
    if (longest != now.longest) {
      throw refused("longest row", longest, now.longest);
    }
  }

  private static IllegalArgumentException refused(String what, Object then, Object now) {
    return new IllegalArgumentException(
        "a run is only resumed with the same %s; they were %s, but now %s"
            .formatted(what, then, now));
  }
}
