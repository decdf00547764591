package io.gauntlet.attack;

import io.gauntlet.model.Model;
import io.gauntlet.threat.ThreatModel;
import java.util.List;

/**
 * Attacks that belong together under a name, chosen by the model and the threat they meet.
 *
 * @param <M> what the attacks must know about the model
 */
public interface Suite<M extends Model> {
  /** The attacks to run, in order. */
  Line<M> against(M model, ThreatModel threat);

  /**
   * The attacks of a suite against one model.
   *
   * @param attacks in the order they run
   * @param departures where they differ from what the suite's name promises, one sentence each
   */
  record Line<M extends Model>(List<Attack<? super M>> attacks, List<String> departures) {
    /** Copies. */
    public Line {
      attacks = List.copyOf(attacks);
      departures = List.copyOf(departures);
    }
  }
}
