package io.gauntlet.attacks;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Objective;
import io.gauntlet.attack.Suite;
import io.gauntlet.attacks.gradient.Apgd;
import io.gauntlet.attacks.gradient.Fab;
import io.gauntlet.attacks.score.Square;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.List;

/**
 * AutoAttack: parameter-free attacks of different kinds, one after the other, each on the examples
 * that are still standing.
 *
 * <p>Follows Croce, Hein: <a href="https://arxiv.org/abs/2003.01690">Reliable Evaluation of
 * Adversarial Robustness with an Ensemble of Diverse Parameter-free Attacks</a>, ICML 2020; under
 * L1 <a href="https://arxiv.org/abs/2103.01208">Mind the box</a>, ICML 2021. Attacks, order,
 * budgets and targets are those of the authors' code. Where a model has too few classes for the DLR
 * loss (3, towards a target 4), the attack climbs the margin instead, and a caveat says so.
 *
 * <p>Works under Linf, L2 and L1 with a bounded epsilon.
 *
 * @param version which of the paper's ensembles
 */
public record AutoAttack(Version version) implements Suite<DifferentiableModel> {
  private static final List<Norm> NORMS = List.of(Norm.linf(), Norm.l2(), Norm.l1());

  /** The paper's ensembles. */
  public enum Version {
    /** APGD-CE, APGD-T, FAB-T, Square. */
    STANDARD,
    /** APGD-CE, APGD-DLR, FAB with five runs each, Square, APGD-T, FAB-T. */
    PLUS,
    /** APGD-CE and APGD-DLR with gradients averaged over twenty answers. */
    RAND
  }

  /**
   * The standard ensemble: APGD-CE (100 steps), APGD-T (100 steps towards each of 9 classes), FAB-T
   * (likewise), Square (5,000 queries). Under L1, APGD-CE has 5 runs and APGD-T 5 classes.
   */
  public static AutoAttack standard() {
    return new AutoAttack(Version.STANDARD);
  }

  /** The larger ensemble: five runs each of APGD-CE, APGD-DLR and FAB, Square, APGD-T, FAB-T. */
  public static AutoAttack plus() {
    return new AutoAttack(Version.PLUS);
  }

  /** For randomised models: APGD-CE and APGD-DLR with gradients averaged over 20 answers. */
  public static AutoAttack rand() {
    return new AutoAttack(Version.RAND);
  }

  /**
   * The ensemble's attacks.
   *
   * @throws IllegalArgumentException if the threat model is unbounded or of another norm
   */
  @Override
  public Line<DifferentiableModel> against(DifferentiableModel model, ThreatModel threat) {
    if (!NORMS.contains(threat.norm()) || !threat.isBounded()) {
      throw new IllegalArgumentException(
          "AutoAttack works under %s with a bounded epsilon, but the threat model is %s"
              .formatted(NORMS, threat));
    }
    boolean sparse = threat.norm() == Norm.l1();
    Apgd crossEntropy = Apgd.crossEntropy();
    Apgd dlr = Apgd.dlr();
    Apgd targeted = Apgd.targeted();
    List<String> departures = new ArrayList<>();
    if (model.classes() < 3 && version != Version.STANDARD) {
      dlr = dlr.withObjective(Objective.MARGIN);
      departures.add(departure("APGD-DLR", 3, model.classes()));
    }
    if (model.classes() < 4 && version != Version.RAND) {
      targeted = targeted.withObjective(Objective.MARGIN);
      departures.add(departure("APGD-T", 4, model.classes()));
    }
    List<Attack<? super DifferentiableModel>> attacks =
        switch (version) {
          case STANDARD ->
              List.of(
                  crossEntropy.withRestarts(sparse ? 5 : 1),
                  targeted.withTargets(sparse ? 5 : 9),
                  Fab.targeted(),
                  Square.standard());
          case PLUS ->
              List.of(
                  crossEntropy.withRestarts(5),
                  dlr.withRestarts(5),
                  Fab.standard().withRestarts(5),
                  Square.standard(),
                  targeted,
                  Fab.targeted());
          case RAND -> List.of(crossEntropy.withDraws(20), dlr.withDraws(20));
        };
    return new Line<>(attacks, departures);
  }

  private static String departure(String attack, int needed, int classes) {
    return "AutoAttack's %s climbs the margin here: its DLR loss needs %s classes, the model has %s"
        .formatted(attack, needed, classes);
  }
}
