package io.gauntlet.defenses.ownership;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Check;
import io.gauntlet.model.Model;

/**
 * What one client, and whoever asked the same, was told wrongly.
 *
 * <p>The null hypothesis is a suspect that was made without these answers. Which of a client's
 * inputs were marked is the random part, so it gives the marks their wrong classes no more often
 * than it gives the controls those that they would have had: {@link #verify} compares the two by
 * Fisher's exact test, for any number of classes and whatever the suspect's accuracy. Exact for
 * clients whose questions do not depend on earlier answers.
 *
 * @param client its name
 * @param marked inputs with the wrong classes that the client was told; at least one
 * @param controls inputs that were answered rightly, with the wrong classes that the key had for
 *     them; without any there is no proof
 */
public record Watermark(String client, Examples marked, Examples controls) implements Claim {
  /** Checks the number of marks. */
  public Watermark {
    Check.atLeast(1, marked.count(), "marks");
  }

  /** Asks one question for each mark and each control. */
  @Override
  public Evidence verify(Model suspect) {
    return Evidence.againstControls(
        Interrogation.matches(suspect, marked),
        marked.count(),
        Interrogation.matches(suspect, controls),
        controls.count());
  }

  /** Keeps the inputs. */
  @Override
  public String toString() {
    return "Watermark of %s: %s marks, %s controls"
        .formatted(client, marked.count(), controls.count());
  }
}
