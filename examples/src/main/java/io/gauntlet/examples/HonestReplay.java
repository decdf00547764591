package io.gauntlet.examples;

import io.gauntlet.attacks.extraction.Share;
import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.Guard;
import io.gauntlet.defenses.GuardedModel;
import io.gauntlet.defenses.Reply;
import io.gauntlet.examples.StealModelOverRest.Watch;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Honest clients, no two of whom ask about the same sentence, and who of them is suspected. */
final class HonestReplay {
  private HonestReplay() {}

  /**
   * Deals the sentences out and has the clients ask about ten at a time, taking turns, before
   * monitors that have seen nobody else.
   *
   * @param replays times that this is done, each time with the sentences in another order
   */
  static List<Watch> watches(Model model, Monitors monitors, Batch honest, int replays) {
    int clients = honest.rows() / Monitors.HORIZON;
    List<Alarm> alarms = new ArrayList<>();
    for (int replay = 0; replay < replays; replay++) {
      int[] order = shuffled(honest.rows(), Seed.of(7).forExample(replay));
      GuardedModel guarded =
          GuardedModel.of(model).guardedBy(monitors.guards().toArray(Guard[]::new));
      for (int from = 0; from < Monitors.HORIZON; from += 10) {
        for (int client = 0; client < clients; client++) {
          Batch some = honest.select(sorted(order, client * Monitors.HORIZON + from, 10));
          Reply reply = guarded.ask("customer " + client, some);
          alarms.addAll(((Reply.Answered) reply).alarms());
        }
      }
    }
    return monitors.names().stream()
        .map(name -> new Watch(name, new Share(raisedBy(name, alarms), replays * clients)))
        .toList();
  }

  private static int raisedBy(String monitor, List<Alarm> alarms) {
    return (int) alarms.stream().filter(alarm -> alarm.monitor().equals(monitor)).count();
  }

  private static int[] shuffled(int count, RandomGenerator random) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static int[] sorted(int[] order, int from, int count) {
    int[] some = Arrays.copyOfRange(order, from, from + count);
    Arrays.sort(some);
    return some;
  }
}
