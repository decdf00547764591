package io.gauntlet.examples;

import io.gauntlet.defenses.Alarm;
import io.gauntlet.defenses.Guard;
import io.gauntlet.defenses.Monitor;
import io.gauntlet.defenses.Query;
import io.gauntlet.defenses.monitor.ClassBalance;
import io.gauntlet.defenses.monitor.Ensemble;
import io.gauntlet.defenses.monitor.MarginProfile;
import io.gauntlet.defenses.monitor.NearDuplicateSettings;
import io.gauntlet.defenses.monitor.NearDuplicates;
import io.gauntlet.defenses.monitor.OutOfDistribution;
import io.gauntlet.defenses.monitor.Prada;
import io.gauntlet.defenses.monitor.PradaSettings;
import io.gauntlet.defenses.monitor.Sensitivity;
import io.gauntlet.model.Batch;
import io.gauntlet.random.Seed;
import java.util.List;
import java.util.Optional;

/**
 * What an owner may watch clients with; PRADA and near-duplicates as published, and all that honest
 * traffic can calibrate, so that of a hundred honest clients one is suspected within 200 rows.
 *
 * @param asked what honest clients ask
 * @param told what they are told
 * @param prada calibrated once, because that takes a while
 */
record Monitors(Batch asked, Batch told, PradaSettings prada) {
  static final int HORIZON = 200;
  private static final Sensitivity SENSITIVITY =
      Sensitivity.standard().withFalseAlarmRate(0.01).withHorizon(HORIZON);

  /** Learns from honest traffic. */
  static Monitors calibrated(Batch asked, Batch told) {
    PradaSettings settings = PradaSettings.standard().withMembers(100).withClients(100);
    return new Monitors(
        asked, told, Prada.calibrated(settings, asked, told, SENSITIVITY, Seed.of(6)).settings());
  }

  /** All of them, each under a name of its own. */
  List<Guard> guards() {
    return all().stream().map(Guard.class::cast).toList();
  }

  /** Their names. */
  List<String> names() {
    return all().stream().map(Named::title).toList();
  }

  private List<Named> all() {
    return List.of(
        new Named("PRADA, as published", Prada.standard()),
        new Named("PRADA, calibrated", Prada.of(prada)),
        new Named(
            "near-duplicates, as published",
            NearDuplicates.of(NearDuplicateSettings.standard(), Seed.of(5))),
        new Named("near-duplicates, calibrated", nearDuplicates()),
        new Named("out of distribution", OutOfDistribution.of(asked, SENSITIVITY)),
        new Named("class balance", ClassBalance.of(told, SENSITIVITY)),
        new Named("margins", MarginProfile.of(told, SENSITIVITY)),
        new Named("two votes of five", ensemble()));
  }

  /** Words have a place in the vocabulary. */
  private NearDuplicates nearDuplicates() {
    NearDuplicateSettings settings = NearDuplicateSettings.standard().withAnchored(true);
    return NearDuplicates.calibrated(settings, Seed.of(5), asked, SENSITIVITY);
  }

  private Ensemble ensemble() {
    return Ensemble.of(
        2,
        SENSITIVITY.clients(),
        Prada.of(prada),
        nearDuplicates(),
        OutOfDistribution.of(asked, SENSITIVITY),
        ClassBalance.of(told, SENSITIVITY),
        MarginProfile.of(told, SENSITIVITY));
  }

  /** A monitor that raises its alarms under this name. */
  private record Named(String title, Monitor monitor) implements Monitor {
    @Override
    public Optional<Alarm> observe(Query query, Batch probabilities) {
      return monitor
          .observe(query, probabilities)
          .map(alarm -> new Alarm(title, alarm.client(), alarm.latency(), alarm.reason()));
    }
  }
}
