package io.gauntlet.defenses.incident;

import java.util.regex.Pattern;

/** Text of others, so that a reader sees all of it and no program takes it for more than text. */
final class Shown {
  /** Nothing that Markdown or its extensions give a meaning to in the middle of a line. */
  private static final Pattern PLAIN =
      Pattern.compile("(?:[\\p{L}\\p{N} ,.;()%'=-]|:(?= )|(?<=\\d):(?=\\d))+");

  private static final Pattern LINK = Pattern.compile("(?i)www|http|ftp");

  private Shown() {}

  /** Escapes what does not show, or turns a line around: controls, formats, half surrogates. */
  static String visibly(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints().forEach(c -> append(c, shown));
    return shown.toString();
  }

  private static void append(int c, StringBuilder shown) {
    if (isSeen(c)) {
      shown.appendCodePoint(c);
    } else {
      for (char unit : Character.toChars(c)) {
        escape(unit, shown);
      }
    }
  }

  private static boolean isSeen(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  private static void escape(char unit, StringBuilder shown) {
    shown.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      shown.append(Character.forDigit(unit >> shift & 0xf, 16));
    }
  }

  static String inHtml(String text) {
    return visibly(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** Plain text as it is, all else as code. */
  static String inMarkdown(String text) {
    return PLAIN.matcher(text).matches() && !LINK.matcher(text).find() ? text : quoted(text);
  }

  /** As code, where nothing has a meaning but what ends it, or ends a table's cell. */
  static String quoted(String text) {
    StringBuilder shown = new StringBuilder("`");
    for (char unit : visibly(text).toCharArray()) {
      if (unit == '`' || unit == '|') {
        escape(unit, shown);
      } else {
        shown.append(unit);
      }
    }
    return text.isBlank() ? "(blank)" : shown.append('`').toString();
  }
}
