package io.gauntlet.defenses.certify.train;

import io.gauntlet.defenses.train.Recipe;
import io.gauntlet.model.Batch;
import io.gauntlet.model.CrossEntropy;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.Optional;

/**
 * Training for certificates: next to the loss of the examples, the loss of the worst logits that
 * interval bounds allow anywhere in the box around them.
 *
 * <p>Follows Gowal, Dvijotham, Stanforth, Bunel, Qin, Uesato, Arandjelovic, Mann, Kohli: <a
 * href="https://arxiv.org/abs/1810.12715">On the Effectiveness of Interval Bound Propagation for
 * Training Verifiably Robust Models</a>, 2018: {@code kappa * CE(logits) + (1 - kappa) * CE(worst
 * logits)}, where the worst logits are the differences to the label's, bounded through the last
 * layer at once, and kappa falls linearly from 1 as epsilon grows. With a {@code beta} it follows
 * Zhang, Chen, Xiao, Gowal, Stanforth, Li, Boning, Hsieh: <a
 * href="https://arxiv.org/abs/1906.06316">Towards Stable and Efficient Training of Verifiably
 * Robust Neural Networks</a>, ICLR 2020: the differences are {@code beta} times the bounds of
 * CROWN-IBP and {@code 1 - beta} times those of intervals, and beta falls linearly to 0 as epsilon
 * grows, so that training begins with tight bounds and ends with cheap ones. Boxes are cut to the
 * domain, as certificates are. Nothing is rounded outwards here: a certificate of the trained
 * network is, and does not rest on any of this.
 *
 * <p>Both papers train on the plain loss for a while before epsilon grows, and let the learning
 * rate fall in steps after it has:
 *
 * <pre>{@code
 * LearningNetwork learner = LearningNetwork.of(blueprint.draw(Seed.of(1)), 1e-3f);
 * Hardening.against(ThreatModel.linf(0.1f), IntervalTraining.standard())
 *     .withFit(new Fit(30, 100))
 *     .withWarmUp(1, 10)
 *     .withSchedule(new Schedule.Stepwise(List.of(0.6, 0.9), 0.1))
 *     .train(learner, examples, Seed.of(1));
 * CertificationReport certified =
 *     Certification.of(learner.network(), ThreatModel.linf(0.1f))
 *         .by(IntervalBounds.standard())
 *         .certify(test);
 * }</pre>
 *
 * <p>Without a warm-up networks stay at chance where epsilon is large. The papers also train with a
 * larger epsilon than they certify (0.2 for 0.1 and 0.4 for 0.3 on MNIST).
 *
 * @param kappa weight of the plain loss once epsilon has its full size; from 0 to 1
 * @param beta share of CROWN-IBP in the bounds while epsilon is still 0, which an epoch costs
 *     several times as much with; from 0 to 1
 */
public record IntervalTraining(double kappa, double beta) implements Recipe<LearningNetwork> {
  /** Checks the weights. */
  public IntervalTraining {
    requireShare(kappa, "kappa");
    requireShare(beta, "beta");
  }

  private static void requireShare(double value, String name) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be from 0 to 1, but was " + value);
    }
  }

  /** Intervals alone, with half of the weight in the end. */
  public static IntervalTraining standard() {
    return new IntervalTraining(0.5, 0);
  }

  /** From the bounds of CROWN-IBP to intervals, with half of the weight in the end. */
  public static IntervalTraining crownIbp() {
    return new IntervalTraining(0.5, 1);
  }

  /** The same with another weight of the plain loss. */
  public IntervalTraining withKappa(double newKappa) {
    return new IntervalTraining(newKappa, beta);
  }

  /** The same with another share of CROWN-IBP. */
  public IntervalTraining withBeta(double newBeta) {
    return new IntervalTraining(kappa, newBeta);
  }

  /** The weights that go with an epsilon on its way up. */
  @Override
  public Recipe<LearningNetwork> at(double share) {
    return new Moment((float) (1 - (1 - kappa) * share), (float) (beta * (1 - share)));
  }

  /** {@inheritDoc} At full epsilon, that is, by intervals alone. */
  @Override
  public double step(LearningNetwork model, Neighbourhood allowed, Labels labels, Seed seed) {
    return at(1).step(model, allowed, labels, seed);
  }

  /** The two weights of one step. */
  record Moment(float kappa, float beta) implements Recipe<LearningNetwork> {
    @Override
    public double step(LearningNetwork model, Neighbourhood allowed, Labels labels, Seed seed) {
      if (allowed.norm() != Norm.linf()) {
        throw new IllegalArgumentException(
            "interval bounds are trained under Linf, but the norm was " + allowed.norm());
      }
      return model.learn(allowed.clean(), loss(allowed.radius(), model.domain(), labels));
    }

    LearningNetwork.PieceLoss loss(float epsilon, Domain domain, Labels labels) {
      CrossEntropy crossEntropy = new CrossEntropy(labels);
      LearningNetwork.PieceLoss plain = LearningNetwork.ofLogits(crossEntropy, kappa);
      return (weights, rows, slopes) -> {
        double loss = kappa > 0 ? plain.of(weights, rows, slopes) : 0;
        if (kappa < 1) {
          BoxPass boxes = new BoxPass(weights, Boxes.around(rows, epsilon, domain));
          loss += ofBounds(boxes, rows, crossEntropy, slopes);
        }
        return loss;
      };
    }

    private double ofBounds(BoxPass boxes, Batch rows, CrossEntropy crossEntropy, Slopes slopes) {
      int[] classes = new int[rows.rows()];
      for (int i = 0; i < classes.length; i++) {
        classes[i] = crossEntropy.labels().classOf(rows.example(i));
      }
      IntervalMargins intervals = new IntervalMargins(boxes, classes);
      Optional<LinearMargins> lines =
          beta > 0 ? Optional.of(new LinearMargins(boxes, classes)) : Optional.empty();
      float[][] worst = times(beta - 1, intervals.lower());
      lines.ifPresent(bounds -> add(worst, -beta, bounds.lower()));
      Batch logits = rows.withValues(worst.length, Rows.flat(worst));
      lines.ifPresent(bounds -> bounds.back(byMargin(crossEntropy, logits, beta), slopes));
      intervals.back(byMargin(crossEntropy, logits, 1 - beta), slopes);
      return (1 - kappa) * LearningNetwork.sum(crossEntropy.values(logits));
    }

    /** By one kind of bound, of which the worst logits are minus a share. */
    private float[][] byMargin(CrossEntropy crossEntropy, Batch worst, float share) {
      return times(-(1 - kappa) * share, Rows.columns(crossEntropy.gradient(worst)));
    }

    private static float[][] times(float factor, float[][] values) {
      float[][] product = new float[values.length][values[0].length];
      add(product, factor, values);
      return product;
    }

    private static void add(float[][] sum, float factor, float[][] values) {
      for (int k = 0; k < sum.length; k++) {
        Axpy.add(sum[k], factor, values[k]);
      }
    }
  }
}
