package io.gauntlet.examples;

import io.gauntlet.attack.Objective;
import io.gauntlet.attacks.AutoAttack;
import io.gauntlet.attacks.gradient.Effort;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.AttackSummary;
import io.gauntlet.evaluate.Caveat;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Published defenses that fell, in front of small nets that read digits: what each claims, what the
 * default evaluation makes of it, and what an attacker who knows it leaves.
 *
 * <pre>{@code
 * mvn -q compile exec:java -pl examples -am -Dexec.mainClass=io.gauntlet.examples.KnownBroken
 * }</pre>
 */
public final class KnownBroken {
  static final ThreatModel THREAT = ThreatModel.linf(0.15f);

  private static final int TRAINING = 1297;
  private static final int ATTACKED = 200;

  private KnownBroken() {}

  /** The collection. */
  public enum Member {
    /** Papernot 2016. */
    DISTILLATION("defensive distillation", "Papernot 2016", "Carlini 2017") {
      @Override
      DefendedModel train(BrokenNets nets) {
        return nets.distilled();
      }
    },
    /** Buckman 2018. */
    THERMOMETER("thermometer encoding", "Buckman 2018", "Athalye 2018") {
      @Override
      DefendedModel train(BrokenNets nets) {
        return nets.thermometer();
      }
    },
    /** Xie 2018. */
    RANDOM_RESIZING("random resizing", "Xie 2018", "Athalye 2018") {
      @Override
      DefendedModel train(BrokenNets nets) {
        return nets.randomResizing();
      }
    },
    /** Xiao 2020. */
    K_WINNERS("k-winners-take-all", "Xiao 2020", "Tramer 2020") {
      @Override
      DefendedModel train(BrokenNets nets) {
        return nets.kWinners();
      }
    },
    /** Gong 2017 and Metzen 2017. */
    DETECTORS("pair of detectors", "Gong, Metzen 2017", "Carlini 2017") {
      @Override
      DefendedModel train(BrokenNets nets) {
        return nets.detectorPair(THREAT);
      }

      @Override
      Robustness.Target<DifferentiableModel> handedOver(DefendedModel model) {
        return Robustness.naively(model); // a plain model cannot refuse
      }
    };

    private final String title;
    private final String publishedBy;
    private final String brokenBy;

    Member(String title, String publishedBy, String brokenBy) {
      this.title = title;
      this.publishedBy = publishedBy;
      this.brokenBy = brokenBy;
    }

    abstract DefendedModel train(BrokenNets nets);

    /** What somebody would evaluate who takes the defense for an ordinary network. */
    Robustness.Target<DifferentiableModel> handedOver(DefendedModel model) {
      return Robustness.of(model.naive());
    }
  }

  /**
   * Three evaluations of one defense.
   *
   * @param claimed by projected gradient ascent of the cross-entropy, as most of the papers have it
   * @param handedOver by AutoAttack, the defense being taken for an ordinary network
   * @param adaptive by projected gradient ascent through {@link DefendedModel#adaptive}, for the
   *     widest margin: one that is just enough for the mean of a randomised model is not for each
   *     of its answers
   */
  public record Measured(
      Member member,
      RobustnessReport claimed,
      RobustnessReport handedOver,
      RobustnessReport adaptive) {}

  /** Runs the example. */
  public static void main(String[] arguments) {
    System.out.print(heading());
    run(measured -> System.out.print(row(measured)));
  }

  /** Trains and attacks every member on {@value #ATTACKED} digits it has not seen. */
  public static List<Measured> run(Consumer<Measured> progress) {
    List<Measured> all = new ArrayList<>();
    Examples unseen = unseen(ATTACKED);
    for (Member member : Member.values()) {
      try (BrokenNets nets = nets()) {
        DefendedModel model = member.train(nets);
        Measured measured =
            new Measured(
                member,
                claimed(model, unseen),
                handedOver(member, model, unseen),
                adaptive(model, unseen));
        all.add(measured);
        progress.accept(measured);
      }
    }
    return all;
  }

  static BrokenNets nets() {
    return new BrokenNets(Digits.all().first(TRAINING), Seed.of(1));
  }

  static Examples unseen(int count) {
    return Digits.all().slice(TRAINING, TRAINING + count);
  }

  static RobustnessReport claimed(DefendedModel model, Examples examples) {
    return Robustness.naively(model)
        .under(THREAT)
        .attackedBy(Pgd.standard().withRestarts(1).withObjective(Objective.CROSS_ENTROPY))
        .evaluate(examples);
  }

  static RobustnessReport handedOver(Member member, DefendedModel model, Examples examples) {
    return attacked(member.handedOver(model), examples);
  }

  static RobustnessReport attacked(
      Robustness.Target<DifferentiableModel> target, Examples examples) {
    return target.under(THREAT).attackedBy(AutoAttack.standard()).evaluate(examples);
  }

  static RobustnessReport adaptive(DefendedModel model, Examples examples) {
    return Robustness.of(model)
        .under(THREAT)
        .attackedBy(Pgd.standard().withRestarts(4).withEffort(Effort.ALL_STEPS))
        .evaluate(examples);
  }

  private static String heading() {
    return line("defense", "published", "broken", "clean", "claimed", "default", "adaptive");
  }

  private static String row(Measured measured) {
    Member member = measured.member();
    return line(
            member.title,
            member.publishedBy,
            member.brokenBy,
            percent(measured.handedOver().cleanAccuracy()),
            percent(measured.claimed().robustAccuracy()),
            percent(measured.handedOver().robustAccuracy()),
            percent(measured.adaptive().robustAccuracy()))
        + "    default: fooled by %s%n".formatted(fooledBy(measured.handedOver()))
        + measured.handedOver().caveats().stream()
            .map(Caveat::message)
            .map("    doubt: %s%n"::formatted)
            .collect(Collectors.joining());
  }

  private static String line(String... cells) {
    return String.format(Locale.ROOT, "%-24s%-19s%-14s%9s%9s%9s%9s%n", (Object[]) cells);
  }

  private static String fooledBy(RobustnessReport report) {
    return report.attacks().stream()
        .filter(attack -> attack.fooled() > 0)
        .map(KnownBroken::share)
        .collect(Collectors.joining(", "));
  }

  private static String share(AttackSummary attack) {
    return "%s %s of %s".formatted(attack.title(), attack.fooled(), attack.attempted());
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
