package io.gauntlet.defenses.monitor;

import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.Monitor;
import io.gauntlet.defenses.Query;
import io.gauntlet.model.Batch;
import java.util.Optional;

/**
 * Suspects clients whose answers are of other classes than those of honest traffic: a thief who
 * samples by class, or whose synthetic inputs mostly fall into one.
 *
 * <p>The share of each class is tested by betting (see {@link Sensitivity}); state per client is
 * one count for each class. Honest clients who ask about one class only, as a clinic for one
 * disease does, are suspected, too: give each kind of client a profile of its own.
 *
 * <p><b>An adaptive thief</b> orders his queries so that the answered classes have the honest
 * shares, which costs him a few discarded inputs and no fidelity.
 */
public final class ClassBalance implements Monitor {
  private final Profile profile;

  private ClassBalance(Profile profile) {
    this.profile = profile;
  }

  /**
   * Learns the shares of the classes.
   *
   * @param honest probabilities that the model gave honest traffic, shape (rows, classes); several
   *     times as many rows as the horizon
   */
  public static ClassBalance of(Batch honest, Sensitivity sensitivity) {
    int[] counts = new int[honest.width()];
    for (int i = 0; i < honest.rows(); i++) {
      counts[honest.argmax(i)]++;
    }
    return new ClassBalance(new Profile("ClassBalance", counts, sensitivity, bin -> true));
  }

  @Override
  public Optional<Alarm> observe(Query query, Batch probabilities) {
    return profile.observe(query, probabilities::argmax);
  }
}
