package io.gauntlet.defenses.incident;

import io.gauntlet.data.AtomicFile;
import io.gauntlet.data.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An incident for people and for programs.
 *
 * <p>Rows are what an attacker wrote. In Markdown they stand as code and in HTML as text, in a page
 * that forbids its browser to load or run anything; characters that do not show, or turn a line
 * around, are escapes in both. In JSON they are strings as they were.
 *
 * <p>JSON has the components of {@link Incident} under their names, times by ISO 8601, {@code null}
 * for what is not there; and besides {@code classifications}, {@code actions} and {@code unknowns},
 * which follow from the rest.
 */
public final class IncidentReport {
  private IncidentReport() {}

  /** As GitHub-flavoured Markdown. */
  public static String markdown(Incident incident) {
    return Markdown.of(Page.of(incident));
  }

  /** As a page of HTML that needs no other file. */
  public static String html(Incident incident) {
    return Html.of(Page.of(incident));
  }

  /** As JSON. */
  public static String json(Incident incident) {
    return Json.of(incident);
  }

  /**
   * Writes {@code incident.md}, {@code incident.html} and {@code incident.json}; each appears whole
   * or not at all.
   *
   * @throws IOException if one cannot be written
   */
  public static void write(Incident incident, Path folder) throws IOException {
    write(markdown(incident), folder.resolve("incident.md"));
    write(html(incident), folder.resolve("incident.html"));
    write(json(incident), folder.resolve("incident.json"));
  }

  private static void write(String text, Path file) throws IOException {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Reads {@code incident.json}.
   *
   * @throws DataException if it is not the JSON of an incident
   */
  public static Incident read(Path file) {
    try {
      return Json.parse(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new DataException(file, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new DataException(file, e);
    }
  }
}
