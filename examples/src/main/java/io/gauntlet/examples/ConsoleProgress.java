package io.gauntlet.examples;

import io.gauntlet.evaluate.Progress;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows how far an evaluation is: a bar that redraws itself on a terminal, one plain line for each
 * finished attack elsewhere.
 */
final class ConsoleProgress implements Progress {
  private static final int BAR = 24;
  private static final int LINE = 79;

  private final PrintStream out;
  private final boolean interactive;

  ConsoleProgress(PrintStream out, boolean interactive) {
    this.out = out;
    this.interactive = interactive;
  }

  /** On standard error, so that standard output holds the result only. */
  static ConsoleProgress onStandardError() {
    return new ConsoleProgress(System.err, isTerminal());
  }

  @SuppressWarnings("SystemConsoleNull") // what it warns of is asked below
  private static boolean isTerminal() {
    if (System.console() == null) {
      return false;
    }
    try { // from JDK 22 there is a console without a terminal too, and it says so
      return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(System.console());
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  @Override
  public void update(Step step) {
    boolean finished = step.done() == step.total();
    if (interactive) {
      out.print("\r" + fit(bar(step)));
      if (finished && step.number() == step.attacks()) {
        out.print("\r" + " ".repeat(LINE) + "\r");
      }
      out.flush();
    } else if (finished) {
      out.println(plain(step));
    }
  }

  private static String bar(Step step) {
    int filled = step.total() == 0 ? BAR : (int) ((long) BAR * step.done() / step.total());
    return String.format(
        Locale.ROOT,
        "%-8s %d/%d [%s%s] %d/%d, %d standing, %.0f s",
        step.title(),
        step.number(),
        step.attacks(),
        "#".repeat(filled),
        ".".repeat(BAR - filled),
        step.done(),
        step.total(),
        step.standing(),
        step.seconds());
  }

  private static String plain(Step step) {
    return String.format(
        Locale.ROOT,
        "%s (%d of %d): %d examples done, %d still standing after %.1f s",
        step.title(),
        step.number(),
        step.attacks(),
        step.done(),
        step.standing(),
        step.seconds());
  }

  private static String fit(String line) {
    return line.length() >= LINE
        ? line.substring(0, LINE)
        : line + " ".repeat(LINE - line.length());
  }
}
