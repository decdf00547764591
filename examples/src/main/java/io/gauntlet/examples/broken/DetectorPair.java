package io.gauntlet.examples.broken;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A classifier that refuses what either of two learned detectors takes for adversarial: one reads
 * the input, the other the classifier's penultimate layer.
 *
 * <p>Follows Gong, Wang, Ku: <a href="https://arxiv.org/abs/1704.04960">Adversarial and Clean Data
 * Are Not Twins</a>, 2017, and Metzen, Genewein, Fischer, Bischoff: <a
 * href="https://arxiv.org/abs/1702.04267">On Detecting Adversarial Perturbations</a>, ICLR 2017.
 * Broken by Carlini, Wagner: <a href="https://arxiv.org/abs/1705.07263">Adversarial Examples Are
 * Not Easily Detected</a>, AISec 2017, with one loss that the classifier and the detectors share.
 */
public final class DetectorPair implements DefendedModel, FrontModel {
  /**
   * A detector and where it draws the line.
   *
   * @param network scores an input of the classifier as clean (class 0) or adversarial (class 1)
   * @param threshold difference of the two scores from which on it raises an alarm
   */
  private record Detector(DifferentiableModel network, float threshold) {
    static Detector calibrated(DifferentiableModel network, Batch clean, float falseAlarms) {
      Batch scores = network.logits(clean);
      float[] sorted = new float[clean.rows()];
      for (int i = 0; i < sorted.length; i++) {
        sorted[i] = scores.get(i, 1) - scores.get(i, 0);
      }
      Arrays.sort(sorted);
      int allowed = (int) (falseAlarms * sorted.length);
      return new Detector(network, Math.nextUp(sorted[sorted.length - 1 - allowed]));
    }

    /** By how much the alarm is exceeded; negative for an input that is taken for clean. */
    float excess(Batch scores, int row) {
      return scores.get(row, 1) - scores.get(row, 0) - threshold;
    }
  }

  private final DifferentiableModel classifier;
  private final List<Detector> detectors;

  private DetectorPair(DifferentiableModel classifier, List<Detector> detectors) {
    this.classifier = classifier;
    this.detectors = detectors;
  }

  /**
   * Sets each detector's threshold.
   *
   * @param ofInputs reads the classifier's inputs; scores clean, then adversarial
   * @param ofFeatures likewise, through the classifier: see {@link #stacked}
   * @param clean inputs that neither was trained on
   * @param falseAlarms share of them that each may refuse; in [0, 1)
   */
  public static DetectorPair calibrated(
      DifferentiableModel classifier,
      DifferentiableModel ofInputs,
      DifferentiableModel ofFeatures,
      Batch clean,
      float falseAlarms) {
    Check.atLeast(1, clean.rows(), "number of clean inputs");
    return new DetectorPair(
        classifier,
        List.of(
            Detector.calibrated(ofInputs, clean, falseAlarms),
            Detector.calibrated(ofFeatures, clean, falseAlarms)));
  }

  /** A network that reads what {@code features} answers, as a model of the features' inputs. */
  public static DifferentiableModel stacked(
      DifferentiableModel features, DifferentiableModel network) {
    return new Stacked(features, network);
  }

  @Override
  public Model behind() {
    return classifier;
  }

  @Override
  public String fingerprint() {
    return "DetectorPair[%s, %s]".formatted(classifier.fingerprint(), detectors);
  }

  @Override
  public Batch logits(Batch inputs) {
    return classifier.logits(inputs);
  }

  @Override
  public BitSet refused(Batch inputs) {
    BitSet refused = new BitSet();
    for (Detector detector : detectors) {
      Batch scores = detector.network.logits(inputs);
      for (int i = 0; i < inputs.rows(); i++) {
        if (detector.excess(scores, i) >= 0) {
          refused.set(i);
        }
      }
    }
    return refused;
  }

  /** The classifier, as if nobody watched. */
  @Override
  public DifferentiableModel naive() {
    return classifier;
  }

  /**
   * The classifier; where a detector raises an alarm the label wins by as much as the alarm is
   * exceeded.
   */
  @Override
  public DifferentiableModel adaptive(Labels labels) {
    return new View(this, inputs -> new Joint(inputs, labels));
  }

  @Override
  public String route() {
    return "one loss of the classifier and the detector that is most alarmed";
  }

  private final class Joint implements ForwardPass {
    private final Labels labels;
    private final ForwardPass classified;
    private final List<ForwardPass> watched;
    private final Batch logits;

    Joint(Batch inputs, Labels labels) {
      this.labels = labels;
      classified = classifier.forward(inputs);
      watched = detectors.stream().map(detector -> detector.network.forward(inputs)).toList();
      logits = classified.logits().editRows(this::letTheLabelWin);
    }

    private void letTheLabelWin(int row, float[] z) {
      float excess = excess(mostAlarmed(row), row);
      if (excess >= 0) {
        z[label(row)] = classified.logits().get(row, classified.logits().argmax(row)) + excess;
      }
    }

    private int label(int row) {
      return labels.classOf(classified.logits().example(row));
    }

    private int mostAlarmed(int row) {
      return excess(1, row) > excess(0, row) ? 1 : 0;
    }

    private float excess(int detector, int row) {
      return detectors.get(detector).excess(watched.get(detector).logits(), row);
    }

    @Override
    public Batch logits() {
      return logits;
    }

    @Override
    public Batch backward(Batch byLogit) {
      Batch sum = classified.backward(byLogit.editRows(this::toTheWinner));
      for (int d = 0; d < detectors.size(); d++) {
        int detector = d;
        ForwardPass pass = watched.get(d);
        Batch byScore =
            pass.logits()
                .editRows(
                    (i, scores) -> {
                      boolean alarm = mostAlarmed(i) == detector && excess(detector, i) >= 0;
                      float weight = alarm ? byLogit.get(i, label(i)) : 0;
                      scores[0] = -weight;
                      scores[1] = weight;
                    });
        sum = sum.plus(pass.backward(byScore));
      }
      return sum;
    }

    /** Under an alarm the label's logit is the largest one: what is asked of it goes there. */
    private void toTheWinner(int row, float[] weights) {
      if (excess(mostAlarmed(row), row) >= 0) {
        float byLabel = weights[label(row)];
        weights[label(row)] = 0;
        weights[classified.logits().argmax(row)] += byLabel;
      }
    }

    @Override
    public void close() {
      classified.close();
      watched.forEach(ForwardPass::close);
    }
  }

  private record Stacked(DifferentiableModel features, DifferentiableModel network)
      implements DifferentiableModel {
    @Override
    public Shape inputShape() {
      return features.inputShape();
    }

    @Override
    public Domain domain() {
      return features.domain();
    }

    @Override
    public int classes() {
      return network.classes();
    }

    @Override
    public Concurrency concurrency() {
      return features.concurrency();
    }

    @Override
    public String fingerprint() {
      return network.fingerprint() + " on " + features.fingerprint();
    }

    @Override
    public Batch logits(Batch inputs) {
      return network.logits(features.logits(inputs));
    }

    @Override
    public ForwardPass forward(Batch inputs) {
      ForwardPass lower = features.forward(inputs);
      ForwardPass upper = network.forward(lower.logits());
      return new ForwardPass() {
        @Override
        public Batch logits() {
          return upper.logits();
        }

        @Override
        public Batch backward(Batch byLogit) {
          return lower.backward(upper.backward(byLogit));
        }

        @Override
        public void close() {
          upper.close();
          lower.close();
        }
      };
    }
  }
}
