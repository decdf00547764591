package io.gauntlet.benchmarks;

import io.gauntlet.attacks.poisoning.AdversarialCleanLabel;
import io.gauntlet.attacks.poisoning.Aim;
import io.gauntlet.attacks.poisoning.Backdoor;
import io.gauntlet.attacks.poisoning.CleanLabel;
import io.gauntlet.attacks.poisoning.Poisoned;
import io.gauntlet.attacks.poisoning.trigger.Corner;
import io.gauntlet.attacks.poisoning.trigger.NoiseTrigger;
import io.gauntlet.attacks.poisoning.trigger.PatchTrigger;
import io.gauntlet.attacks.poisoning.trigger.SinusoidTrigger;
import io.gauntlet.attacks.poisoning.trigger.WarpTrigger;
import io.gauntlet.data.Examples;
import io.gauntlet.djl.DjlModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * What is planted, all of it leading to class 0 but for all-to-all.
 *
 * <p>On images of fewer than 16 lines a patch has two by two pixels at the very corner: the
 * paper's, at all four corners, would leave nothing of an 8x8 digit.
 */
enum Planted {
  BADNETS,
  BADNETS_ALL_TO_ALL,
  BLENDED,
  WANET,
  WANET_STRONG,
  SAMPLE_SPECIFIC,
  NOISE,
  SIG,
  SIG_STRONG,
  CLEAN_LABEL_PLAIN,
  CLEAN_LABEL;

  /** Class that triggers lead to. */
  static final int TARGET = 0;

  private static final int SMALL = 16;

  /**
   * One attack on one data set.
   *
   * @param training what to learn from
   * @param triggered what to ask
   */
  record Case(Poisoned<Examples> training, Examples triggered) {}

  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Whether labels stay true, so that only images of the target class can be poisoned. */
  boolean keepsLabels() {
    return switch (this) {
      case SIG, SIG_STRONG, CLEAN_LABEL_PLAIN, CLEAN_LABEL -> true;
      default -> false;
    };
  }

  /** Plants at the rate of the paper. */
  Case plant(Examples learnt, Examples test, Supplier<DjlModel> proxy, Seed seed) {
    return plant(OptionalDouble.empty(), learnt, test, proxy, seed);
  }

  /**
   * Plants at a rate of all images, whatever classes they are of.
   *
   * @param proxy what adversarial perturbations are made on; closed here
   */
  Case plant(double rate, Examples learnt, Examples test, Supplier<DjlModel> proxy, Seed seed) {
    return plant(
        OptionalDouble.of(keepsLabels() ? rateOfTarget(rate, learnt) : rate),
        learnt,
        test,
        proxy,
        seed);
  }

  /** What a rate of all images is as a share of the target class; may be above 1. */
  static double rateOfTarget(double rate, Examples learnt) {
    int members = learnt.labels().rowsWhere(label -> label == TARGET).length;
    return Math.round(rate * learnt.count()) / (double) members;
  }

  private Case plant(
      OptionalDouble rate, Examples learnt, Examples test, Supplier<DjlModel> proxy, Seed seed) {
    Aim aim = Aim.at(TARGET);
    PatchTrigger patch = patch(learnt.shape());
    CleanLabel corners = new CleanLabel(patch.atAllCorners(), TARGET, rate.orElse(0.33));
    Backdoor badNets = Backdoor.badNets(aim).withTrigger(patch);
    return switch (this) {
      case BADNETS -> dirty(badNets, rate, learnt, test, seed);
      case BADNETS_ALL_TO_ALL ->
          dirty(Backdoor.badNets(Aim.nextClass(10)).withTrigger(patch), rate, learnt, test, seed);
      case BLENDED -> dirty(Backdoor.blended(aim), rate, learnt, test, seed);
      case WANET -> dirty(Backdoor.waNet(aim), rate, learnt, test, seed);
      case WANET_STRONG ->
          dirty(
              Backdoor.waNet(aim).withTrigger(WarpTrigger.standard().withStrength(2)),
              rate,
              learnt,
              test,
              seed);
      case SAMPLE_SPECIFIC -> dirty(Backdoor.sampleSpecific(aim), rate, learnt, test, seed);
      case NOISE ->
          dirty(
              Backdoor.blended(aim).withTrigger(NoiseTrigger.standard()), rate, learnt, test, seed);
      case SIG -> stripes(20, rate.orElse(0.3), 40, learnt, test, seed);
      case SIG_STRONG -> stripes(40, rate.orElse(0.8), 60, learnt, test, seed);
      case CLEAN_LABEL_PLAIN ->
          new Case(corners.poison(learnt, Domain.UNIT, seed), corners.triggered(test, Domain.UNIT));
      case CLEAN_LABEL -> {
        AdversarialCleanLabel turner = AdversarialCleanLabel.standard(TARGET).withPlan(corners);
        try (DjlModel honest = proxy.get()) {
          yield new Case(turner.poison(learnt, honest, seed), turner.triggered(test, Domain.UNIT));
        }
      }
    };
  }

  private static PatchTrigger patch(Shape image) {
    PatchTrigger paper = PatchTrigger.standard();
    return image.sizes().get(1) < SMALL ? paper.withSide(2).at(Corner.BOTTOM_RIGHT, 0, 0) : paper;
  }

  /** SIG, planted at so many of 255 grey levels and shown at as many or more. */
  private static Case stripes(
      int planted, double rate, int shown, Examples learnt, Examples test, Seed seed) {
    SinusoidTrigger wave = SinusoidTrigger.standard();
    CleanLabel sig =
        CleanLabel.sig(TARGET).withTrigger(wave.withAmplitude(planted / 255f)).withRate(rate);
    return new Case(
        sig.poison(learnt, Domain.UNIT, seed),
        sig.withTrigger(wave.withAmplitude(shown / 255f)).triggered(test, Domain.UNIT));
  }

  private static Case dirty(
      Backdoor paper, OptionalDouble rate, Examples learnt, Examples test, Seed seed) {
    Backdoor attack = rate.isPresent() ? paper.withRate(rate.getAsDouble()) : paper;
    return new Case(attack.poison(learnt, Domain.UNIT, seed), attack.triggered(test, Domain.UNIT));
  }
}
