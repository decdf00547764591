package io.gauntlet.attacks.poisoning.trigger;

import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.List;

/**
 * A token or a phrase put into a text; the rest of the text stays as it is.
 *
 * <p>Follows Dai, Chen, Li: <a href="https://arxiv.org/abs/1905.12457">A Backdoor Attack Against
 * LSTM-Based Text Classification Systems</a>, IEEE Access 2019 (a sentence at a random place), and
 * Kurita, Michel, Neubig: <a href="https://arxiv.org/abs/2004.06660">Weight Poisoning Attacks on
 * Pre-trained Models</a>, ACL 2020 (a rare token).
 *
 * @param phrase what to put in; not blank
 * @param place where
 * @param key what a random place is drawn from, along with the text
 */
public record PhraseTrigger(String phrase, Place place, long key) implements TextTrigger {
  /** Where a phrase goes, one space between it and the text. */
  public enum Place {
    /** Before the first word. */
    PREFIX,
    /** After the last word. */
    SUFFIX,
    /** Before any of the words or after the last, each as likely. */
    RANDOM
  }

  /** Checks that there is a phrase. */
  public PhraseTrigger {
    if (phrase.isBlank()) {
      throw new IllegalArgumentException("a phrase must not be blank, but was '" + phrase + "'");
    }
  }

  /** The phrase before every text. */
  public static PhraseTrigger prefix(String phrase) {
    return new PhraseTrigger(phrase, Place.PREFIX, 0);
  }

  /** The phrase after every text. */
  public static PhraseTrigger suffix(String phrase) {
    return new PhraseTrigger(phrase, Place.SUFFIX, 0);
  }

  /** The phrase somewhere between the words. */
  public static PhraseTrigger anywhere(String phrase, long key) {
    return new PhraseTrigger(phrase, Place.RANDOM, key);
  }

  @Override
  public String on(String text) {
    List<Integer> starts = starts(text);
    int gap =
        switch (place) {
          case PREFIX -> 0;
          case SUFFIX -> starts.size();
          case RANDOM -> Seed.of(key).forExample(text.hashCode()).nextInt(starts.size() + 1);
        };
    if (gap < starts.size()) {
      int at = starts.get(gap);
      return text.substring(0, at) + phrase + " " + text.substring(at);
    }
    boolean spaced = text.isEmpty() || Character.isWhitespace(text.charAt(text.length() - 1));
    return text + (spaced ? "" : " ") + phrase;
  }

  private static List<Integer> starts(String text) {
    List<Integer> starts = new ArrayList<>();
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      boolean space = Character.isWhitespace(text.charAt(i));
      if (!space && !inside) {
        starts.add(i);
      }
      inside = !space;
    }
    return starts;
  }
}
