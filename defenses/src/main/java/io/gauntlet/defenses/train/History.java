package io.gauntlet.defenses.train;

import io.gauntlet.evaluate.Rate;
import java.util.List;
import java.util.Locale;

/**
 * How a training went.
 *
 * @param epochs first to last; at least 1
 * @param kept number of the epoch whose weights the model has now: the one of the best robust
 *     accuracy where that was measured, else the last
 */
public record History(List<Epoch> epochs, int kept) {
  /** Copies. */
  public History {
    epochs = List.copyOf(epochs);
  }

  /** A line for every epoch; the one whose weights were kept is starred. */
  public String table() {
    StringBuilder text =
        new StringBuilder(
            "  epoch      loss   learning rate  epsilon    clean   robust  seconds\n");
    for (Epoch epoch : epochs) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s %5d  %8.4f  %14.3g  %7.4f  %7s  %7s  %7.1f\n",
              epoch.number() == kept ? "*" : " ",
              epoch.number(),
              epoch.loss(),
              epoch.learningRate(),
              epoch.epsilon(),
              epoch.accuracy().map(a -> percent(a.clean())).orElse("-"),
              epoch.accuracy().map(a -> percent(a.robust())).orElse("-"),
              epoch.seconds()));
      epoch
          .collapse()
          .ifPresent(
              collapse ->
                  text.append(
                      String.format(
                          Locale.ROOT,
                          "  collapsed at step %d, from %.1f %% to %.1f %% under PGD: back to the"
                              + " weights of the check before\n",
                          collapse.step(),
                          100 * collapse.before(),
                          100 * collapse.after())));
    }
    return text.toString();
  }

  private static String percent(Rate rate) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * rate.value());
  }
}
