package io.gauntlet.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Round numbers at equal steps, as on an axis. */
final class Ticks {
  private static final int MOST_STEPS = 7;
  private static final List<BigDecimal> ROUND =
      List.of(
          BigDecimal.ONE, BigDecimal.valueOf(2), BigDecimal.valueOf(25, 1), BigDecimal.valueOf(5));

  private Ticks() {}

  /**
   * From 0 to the first one that is not below {@code most}: five to eight of them (fewer counts if
   * there are fewer), all written with the same number of decimals; 0 alone if {@code most} is 0.
   *
   * @param most finite, not negative
   * @param counts whether they must be whole numbers
   */
  static List<BigDecimal> upTo(double most, boolean counts) {
    List<BigDecimal> ticks = new ArrayList<>(List.of(BigDecimal.ZERO));
    if (most > 0) {
      BigDecimal end = new BigDecimal(most);
      BigDecimal step = step(end, counts);
      ticks.set(0, step.multiply(BigDecimal.ZERO));
      while (ticks.get(ticks.size() - 1).compareTo(end) < 0) {
        ticks.add(step.multiply(BigDecimal.valueOf(ticks.size())));
      }
    }
    return ticks;
  }

  /** In at most eight characters. */
  static String shortened(BigDecimal tick) {
    String digits = tick.toString();
    return digits.length() <= 8 ? digits : String.format(Locale.ROOT, "%.1e", tick.doubleValue());
  }

  private static BigDecimal step(BigDecimal end, boolean counts) {
    int power = end.precision() - end.scale() - 2; // of ten, so that at least ten steps are needed
    while (true) {
      for (BigDecimal round : ROUND) {
        BigDecimal step = round.scaleByPowerOfTen(power);
        boolean fits = !counts || step.stripTrailingZeros().scale() <= 0;
        if (fits && step.multiply(BigDecimal.valueOf(MOST_STEPS)).compareTo(end) >= 0) {
          return step.setScale(Math.max(0, step.scale()), RoundingMode.UNNECESSARY);
        }
      }
      power++;
    }
  }
}
