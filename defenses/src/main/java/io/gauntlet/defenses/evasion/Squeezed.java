package io.gauntlet.defenses.evasion;

import io.gauntlet.defenses.preprocess.Draw;
import io.gauntlet.defenses.preprocess.Preprocessor;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** What {@link FeatureSqueezing} makes of a model. */
record Squeezed(DifferentiableModel model, List<Preprocessor> squeezers)
    implements EvasionDetector {
  @Override
  public ForwardPass forward(Batch inputs) {
    return new Pass(inputs);
  }

  @Override
  public String route() {
    return squeezers.stream().map(Preprocessor::route).collect(Collectors.joining("; "));
  }

  @Override
  public String toString() {
    return squeezers.stream()
        .map(squeezer -> squeezer.stages().get(0).toString())
        .collect(Collectors.joining(", ", "FeatureSqueezing[", "]"));
  }

  /** One pass of the model over the inputs, and one over each squeezed version of them. */
  private final class Pass implements ForwardPass {
    private final Batch inputs;
    private final List<Preprocessor.Passage> squeezed = new ArrayList<>();
    private final List<ForwardPass> passes = new ArrayList<>(); // the first over the inputs
    private final List<Batch> probabilities = new ArrayList<>();
    private final int[] farthest; // of each row, the squeezer
    private final Batch scores;

    Pass(Batch inputs) {
      this.inputs = inputs;
      try {
        ask(inputs);
        for (Preprocessor squeezer : squeezers) {
          Preprocessor.Passage passage = squeezer.apply(inputs, Draw.of(Seed.of(0), inputs));
          squeezed.add(passage);
          ask(passage.outputs());
        }
      } catch (RuntimeException e) {
        close();
        throw e;
      }
      farthest = new int[inputs.rows()];
      float[] largest = new float[inputs.rows()];
      for (int row = 0; row < largest.length; row++) {
        for (int k = 0; k < squeezers.size(); k++) {
          float distance = distance(row, k);
          if (distance > largest[row]) {
            largest[row] = distance;
            farthest[row] = k;
          }
        }
      }
      scores = inputs.withValues(1, largest);
    }

    private void ask(Batch seen) {
      ForwardPass pass = model.forward(seen);
      passes.add(pass);
      probabilities.add(softmax(pass.logits()));
    }

    private float distance(int row, int squeezer) {
      double sum = 0;
      for (int k = 0; k < probabilities.get(0).width(); k++) {
        sum += Math.abs(difference(row, squeezer, k));
      }
      return (float) sum;
    }

    private float difference(int row, int squeezer, int label) {
      return probabilities.get(0).get(row, label) - probabilities.get(squeezer + 1).get(row, label);
    }

    @Override
    public Batch logits() {
      return scores;
    }

    @Override
    public Batch backward(Batch byScore) {
      Batch slope = back(0, byScore, 1, row -> true);
      for (int k = 0; k < squeezers.size(); k++) {
        int squeezer = k;
        Batch bySqueezed = back(k + 1, byScore, -1, row -> farthest[row] == squeezer);
        slope = slope.plus(inputs.answeredBy(squeezed.get(k).pullBack(bySqueezed)));
      }
      return inputs.answeredBy(slope);
    }

    /** Through the softmax of one pass, and that pass; {@code sign} is the side of the distance. */
    private Batch back(int pass, Batch byScore, int sign, IntPredicate concerned) {
      Batch byLogit =
          probabilities
              .get(pass)
              .editRows(
                  (row, p) -> {
                    if (!concerned.test(row)) {
                      Arrays.fill(p, 0);
                      return;
                    }
                    double mean = 0;
                    for (int k = 0; k < p.length; k++) {
                      mean += p[k] * Math.signum(difference(row, farthest[row], k));
                    }
                    float weight = sign * byScore.get(row, 0);
                    for (int k = 0; k < p.length; k++) {
                      double side = Math.signum(difference(row, farthest[row], k));
                      p[k] = (float) (weight * p[k] * (side - mean));
                    }
                  });
      return passes.get(pass).backward(byLogit);
    }

    @Override
    public void close() {
      passes.forEach(ForwardPass::close);
    }
  }

  private static Batch softmax(Batch logits) {
    return logits.editRows(
        (row, z) -> {
          float max = logits.get(row, logits.argmax(row));
          double sum = 0;
          for (float score : z) {
            sum += Math.exp(score - max);
          }
          for (int k = 0; k < z.length; k++) {
            z[k] = (float) (Math.exp(z[k] - max) / sum);
          }
        });
  }
}
