package io.gauntlet.defenses.evasion;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;

/** The attacker's view of a {@link DetectingModel}: where it refuses, the label wins. */
record JointModel(
    DifferentiableModel model,
    EvasionDetector detector,
    Threshold threshold,
    Labels labels,
    Concurrency concurrency)
    implements DifferentiableModel, FrontModel {
  @Override
  public Model behind() {
    return model;
  }

  @Override
  public Batch logits(Batch inputs) {
    return joint(inputs.answeredBy(model.logits(inputs)), detector.scores(inputs));
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    ForwardPass answers = model.forward(inputs);
    try {
      return new Pass(inputs, answers, detector.forward(inputs));
    } catch (RuntimeException e) {
      answers.close();
      throw e;
    }
  }

  private Batch joint(Batch logits, Batch scores) {
    return logits.editRows(
        (row, z) -> {
          float score = scores.get(row, 0);
          if (threshold.refuses(score)) {
            float best = z[logits.argmax(row)];
            float ahead = (float) Math.log1p(excess(score));
            z[label(logits, row)] = Math.max(best + ahead, Math.nextUp(best)); // never a tie
          }
        });
  }

  /** How far a score is above the threshold, in spreads of the clean scores. */
  private double excess(float score) {
    return ((double) score - threshold.value()) / threshold.spread();
  }

  private int label(Batch rows, int row) {
    return labels.classOf(rows.example(row));
  }

  private final class Pass implements ForwardPass {
    private final Batch inputs;
    private final ForwardPass answers;
    private final ForwardPass suspicion;
    private final Batch logits;
    private final Batch scores;

    Pass(Batch inputs, ForwardPass answers, ForwardPass suspicion) {
      this.inputs = inputs;
      this.answers = answers;
      this.suspicion = suspicion;
      logits = inputs.answeredBy(answers.logits());
      scores = inputs.answeredBy(suspicion.logits());
    }

    @Override
    public Batch logits() {
      return joint(logits, scores);
    }

    @Override
    public Batch backward(Batch byLogit) {
      Batch byAnswer =
          inputs
              .answeredBy(byLogit)
              .editRows(
                  (row, weight) -> {
                    if (isRefused(row)) {
                      int label = label(inputs, row);
                      float ofLabel = weight[label];
                      weight[label] = 0;
                      weight[logits.argmax(row)] += ofLabel;
                    }
                  });
      Batch slope = inputs.answeredBy(answers.backward(byAnswer));
      if (inputs.rowsWhere(this::isRefused).length == 0) {
        return slope;
      }
      Batch byScore =
          scores.editRows(
              (row, score) ->
                  score[0] =
                      isRefused(row)
                          ? (float)
                              (byLogit.get(row, label(inputs, row))
                                  / (threshold.spread() * (1 + excess(score[0]))))
                          : 0);
      return slope.plus(inputs.answeredBy(suspicion.backward(byScore)));
    }

    private boolean isRefused(int row) {
      return threshold.refuses(scores.get(row, 0));
    }

    @Override
    public void close() {
      answers.close();
      suspicion.close();
    }
  }
}
