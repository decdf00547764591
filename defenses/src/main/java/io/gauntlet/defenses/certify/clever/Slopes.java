package io.gauntlet.defenses.certify.clever;

import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.ModelException;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.commons.math3.stat.StatUtils;

/** How steeply the margins of one example rise and fall around it. */
final class Slopes {
  private final Clever settings;
  private final DifferentiableModel model;
  private final Batch input; // one row
  private final Batch logits;
  private final int answer;
  private final int[] rivals;
  private final Seed seed;
  private final double[][] steepest; // of each rival, in each batch

  Slopes(
      Clever settings,
      DifferentiableModel model,
      Batch input,
      Batch logits,
      int[] rivals,
      Seed seed) {
    this.settings = settings;
    this.model = model;
    this.input = input;
    this.logits = logits;
    this.rivals = rivals;
    answer = logits.argmax(0);
    this.seed = Seed.of(seed.forExample(input.example(0)).nextLong());
    steepest = new double[rivals.length][settings.batches()];
  }

  /** Draws the points of one batch; several threads may measure one each. */
  Slopes measure(int batch) {
    int atOnce = model.concurrency().preferredBatch();
    for (int from = 0; from < settings.samples(); from += atOnce) {
      int to = Math.min(settings.samples(), from + atOnce);
      Batch points =
          settings
              .ball()
              .around(copies(from, to), model.domain())
              .sample(seed.derive(batch)); // each copy draws for itself, whatever is drawn at once
      try (ForwardPass pass = model.forward(points)) {
        for (int k = 0; k < rivals.length; k++) {
          double steepestHere = steepest(points, pass, rivals[k]);
          steepest[k][batch] = Math.max(steepest[k][batch], steepestHere);
        }
      }
    }
    return this;
  }

  private Batch copies(int from, int to) {
    return input.select(new int[to - from]).standingFor(LongStream.range(from, to).toArray());
  }

  private double steepest(Batch points, ForwardPass pass, int rival) {
    Batch ofMargin =
        points
            .answeredBy(pass.logits())
            .editRows(
                (row, byLogit) -> {
                  Arrays.fill(byLogit, 0);
                  byLogit[answer] = 1;
                  byLogit[rival] = -1;
                });
    Batch byInput = points.answeredBy(pass.backward(ofMargin));
    Norm dual = Clever.dual(settings.norm());
    double most = 0;
    for (int row = 0; row < byInput.rows(); row++) {
      most = Math.max(most, dual.of(byInput.row(row))); // hands NaN on
    }
    return checkFinite(most, "gradient");
  }

  CleverEstimate estimate() {
    return new CleverEstimate(
        input.example(0),
        answer,
        settings.norm(),
        settings.radius(),
        IntStream.range(0, rivals.length).mapToObj(this::against).toList());
  }

  private CleverEstimate.Rival against(int k) {
    double margin =
        checkFinite((double) logits.get(0, answer) - logits.get(0, rivals[k]), "margin");
    ReverseWeibull fitted = ReverseWeibull.fit(steepest[k]);
    boolean follows = fitted.isFollowedBy(steepest[k]);
    double slope = follows ? fitted.location() : StatUtils.max(steepest[k]);
    return new CleverEstimate.Rival(rivals[k], margin, slope, follows);
  }

  private double checkFinite(double value, String what) {
    if (Double.isFinite(value)) {
      return value;
    }
    throw new ModelException(
        "every %s must be finite, but one of example %s had the size %s"
            .formatted(what, input.example(0), value));
  }
}
