package io.gauntlet.defenses.incident;

import io.gauntlet.evaluate.Interval;
import io.gauntlet.evaluate.Rate;
import java.util.Locale;

/** Numbers as every country reads them. */
final class Words {
  static final double CONFIDENCE = 0.95;

  private Words() {}

  static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** Share, count and interval. */
  static String of(Rate rate) {
    Interval interval = rate.interval(CONFIDENCE);
    return text(
        "%.1f %% (%s, 95 %% interval %.1f %% to %.1f %%)",
        100 * rate.value(), rate, 100 * interval.lower(), 100 * interval.upper());
  }
}
