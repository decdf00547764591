package io.gauntlet.examples;

import io.gauntlet.examples.StealModelOverRest.Price;
import io.gauntlet.examples.StealModelOverRest.Result;
import io.gauntlet.examples.StealModelOverRest.Theft;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Results as text: one line for each thief, under what the guard costs the honest. */
final class TheftTable {
  private TheftTable() {}

  static String of(List<Result> results) {
    Formatter table = new Formatter(Locale.ROOT);
    table.format(
        "%-22s  %-14s %6s  %-8s  %-8s  %s%n",
        "guard", "thief", "rows", "fidelity", "accuracy", "noticed after");
    for (Result result : results) {
      Price price = result.price();
      table.format(
          "%-22s  honest clients: accuracy %s, L1 distance of scores %.3f, suspected %s of %s%n",
          result.guard(),
          percent(price.accuracy()),
          price.l1(),
          String.valueOf(price.suspects()),
          String.valueOf(price.customers()));
      for (Theft theft : result.thefts()) {
        table.format(
            "%-22s  %-14s %6s  %-8s  %-8s  %s%n",
            "",
            theft.thief(),
            String.valueOf(theft.queries()),
            percent(theft.agreement()),
            percent(theft.fidelity().accuracy().rate()),
            rows(theft.noticedAfter()));
      }
    }
    return table.toString();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String rows(OptionalLong count) {
    return count.isPresent() ? count.getAsLong() + " rows" : "never";
  }
}
