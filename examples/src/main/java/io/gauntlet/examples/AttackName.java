package io.gauntlet.examples;

import io.gauntlet.attack.Attack;
import io.gauntlet.attacks.AutoAttack;
import io.gauntlet.attacks.gradient.Apgd;
import io.gauntlet.attacks.gradient.Bim;
import io.gauntlet.attacks.gradient.Fab;
import io.gauntlet.attacks.gradient.Fgsm;
import io.gauntlet.attacks.gradient.MiFgsm;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.attacks.minimum.CarliniWagnerL2;
import io.gauntlet.attacks.minimum.CarliniWagnerLinf;
import io.gauntlet.attacks.minimum.Ddn;
import io.gauntlet.attacks.minimum.DeepFool;
import io.gauntlet.attacks.minimum.Ead;
import io.gauntlet.attacks.minimum.Fmn;
import io.gauntlet.attacks.minimum.Jsma;
import io.gauntlet.attacks.minimum.Pdpgd;
import io.gauntlet.attacks.minimum.SigmaZero;
import io.gauntlet.attacks.minimum.SparseFool;
import io.gauntlet.attacks.noise.RandomNoise;
import io.gauntlet.attacks.score.Square;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Model;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Attacks and suites by the name they have on the command line. */
enum AttackName {
  NOISE,
  SQUARE,
  FGSM,
  BIM,
  PGD,
  MI_FGSM,
  APGD_CE,
  APGD_DLR,
  APGD_T,
  FAB,
  FAB_T,
  AUTOATTACK,
  AUTOATTACK_PLUS,
  AUTOATTACK_RAND,
  DEEPFOOL,
  DDN,
  FMN,
  CW_L2,
  CW_LINF,
  EAD,
  PDPGD,
  SIGMA_ZERO,
  SPARSEFOOL,
  JSMA;

  /**
   * How long attacks go on, where the command line says so.
   *
   * @param steps steps or queries of one run; null for each attack's own
   * @param restarts runs; null for each attack's own
   */
  record Lengths(@Nullable Integer steps, @Nullable Integer restarts) {
    private <A> A steps(A attack, BiFunction<A, Integer, A> withSteps) {
      return steps == null ? attack : withSteps.apply(attack, steps);
    }

    private <A> A runs(A attack, BiFunction<A, Integer, A> withRestarts) {
      return restarts == null ? attack : withRestarts.apply(attack, restarts);
    }
  }

  /** A name as the command line has it. */
  static final class Text implements ITypeConverter<AttackName> {
    @Override
    public AttackName convert(String text) {
      for (AttackName name : AttackName.values()) {
        if (name.toString().equals(text)) {
          return name;
        }
      }
      throw new TypeConversionException(
          "must be one of %s, but was '%s'".formatted(Arrays.toString(AttackName.values()), text));
    }
  }

  /** Whether this attack asks for answers only. */
  boolean isBlackBox() {
    return this == NOISE || this == SQUARE;
  }

  /**
   * Adds this attack to the evaluation of a model that only answers.
   *
   * @throws IllegalArgumentException if the attack needs gradients
   */
  Robustness<Model> blackBox(Robustness<Model> evaluation, Lengths lengths) {
    if (!isBlackBox()) {
      throw new IllegalArgumentException(
          "attack %s needs gradients, but this model only answers: use noise or square"
              .formatted(this));
    }
    return evaluation.attackedBy(List.of(answersOnly(lengths)));
  }

  private Attack<Model> answersOnly(Lengths of) {
    return this == NOISE
        ? RandomNoise.standard()
        : of.runs(of.steps(Square.standard(), Square::withQueries), Square::withRestarts);
  }

  /** Adds this attack to the evaluation of a model with gradients. */
  Robustness<DifferentiableModel> whiteBox(
      Robustness<DifferentiableModel> evaluation, Lengths lengths) {
    return switch (this) {
      case AUTOATTACK -> evaluation.attackedBy(AutoAttack.standard());
      case AUTOATTACK_PLUS -> evaluation.attackedBy(AutoAttack.plus());
      case AUTOATTACK_RAND -> evaluation.attackedBy(AutoAttack.rand());
      default -> evaluation.attackedBy(List.of(single(lengths)));
    };
  }

  private Attack<? super DifferentiableModel> single(Lengths of) {
    return switch (this) {
      case NOISE, SQUARE -> answersOnly(of);
      case FGSM -> Fgsm.standard();
      case BIM -> of.steps(Bim.standard(), Bim::withSteps);
      case PGD -> of.runs(of.steps(Pgd.standard(), Pgd::withSteps), Pgd::withRestarts);
      case MI_FGSM -> of.steps(MiFgsm.standard(), MiFgsm::withSteps);
      case APGD_CE -> apgd(of, Apgd.crossEntropy());
      case APGD_DLR -> apgd(of, Apgd.dlr());
      case APGD_T -> apgd(of, Apgd.targeted());
      case FAB -> of.runs(of.steps(Fab.standard(), Fab::withSteps), Fab::withRestarts);
      case FAB_T -> of.runs(of.steps(Fab.targeted(), Fab::withSteps), Fab::withRestarts);
      case DDN -> of.steps(Ddn.standard(), Ddn::withSteps);
      case FMN -> of.steps(Fmn.standard(), Fmn::withSteps);
      case DEEPFOOL -> of.steps(DeepFool.standard(), DeepFool::withSteps);
      case CW_L2 -> of.steps(CarliniWagnerL2.standard(), CarliniWagnerL2::withSteps);
      case CW_LINF -> of.steps(CarliniWagnerLinf.standard(), CarliniWagnerLinf::withSteps);
      case EAD -> of.steps(Ead.standard(), Ead::withSteps);
      case PDPGD -> of.steps(Pdpgd.standard(), Pdpgd::withSteps);
      case SIGMA_ZERO -> of.steps(SigmaZero.standard(), SigmaZero::withSteps);
      case SPARSEFOOL -> of.steps(SparseFool.standard(), SparseFool::withSteps);
      case JSMA -> Jsma.standard();
      case AUTOATTACK, AUTOATTACK_PLUS, AUTOATTACK_RAND ->
          throw new AssertionError(this + " is a suite");
    };
  }

  private static Apgd apgd(Lengths of, Apgd standard) {
    return of.runs(of.steps(standard, Apgd::withSteps), Apgd::withRestarts);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
