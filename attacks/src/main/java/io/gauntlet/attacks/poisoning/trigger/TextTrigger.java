package io.gauntlet.attacks.poisoning.trigger;

import java.util.List;

/** What a backdoor in a text model answers to: a change to the text itself, before any model. */
public sealed interface TextTrigger permits PhraseTrigger, TextTrigger.Combined {
  /**
   * Several triggers, one after the other.
   *
   * @param parts first to last
   */
  record Combined(List<TextTrigger> parts) implements TextTrigger {
    /** Copies. */
    public Combined {
      parts = List.copyOf(parts);
    }

    @Override
    public String on(String text) {
      String changed = text;
      for (TextTrigger part : parts) {
        changed = part.on(changed);
      }
      return changed;
    }
  }

  /** The triggered text: the same whenever the text is the same. */
  String on(String text);

  /** This trigger and then another one, as one. */
  default TextTrigger then(TextTrigger next) {
    return new Combined(List.of(this, next));
  }
}
