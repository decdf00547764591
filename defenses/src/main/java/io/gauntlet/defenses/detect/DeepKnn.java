package io.gauntlet.defenses.detect;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Labels;
import io.gauntlet.random.Seed;
import java.util.Arrays;

/**
 * Flags rows whose nearest neighbours, as a layer sees them, mostly have another label.
 *
 * <p>Follows Peri, Gupta, Huang, Fowl, Zhu, Feizi, Goldstein, Dickerson: <a
 * href="https://arxiv.org/abs/1909.13374">Deep k-NN Defense against Clean-label Data Poisoning
 * Attacks</a>, ECCV Workshops 2020. Differs from it in that neighbours are looked for among a
 * random part of the rows: the paper's search grows with the square of the rows.
 *
 * <p>The score of a row is the share of its neighbours with the commonest other label, less the
 * share with its own: from -1 to 1, flagged above 0.
 *
 * <p>Takes {@code rows * references * units} multiplications and memory for the references. Finds
 * flipped labels and feature collisions. Blind to poison that has more of its own kind around it
 * than of others, as the rows of a backdoor do once a network has learnt the trigger.
 *
 * @param neighbours that vote; at least 1. The paper finds most with 1 to 2 times the rows of a
 *     class
 * @param references rows that may be neighbours, drawn at random; more than {@code neighbours}
 */
public record DeepKnn(int neighbours, int references) implements ActivationDetector {
  /** Checks the numbers. */
  public DeepKnn {
    Check.atLeast(1, neighbours, "neighbours");
    Check.atLeast(neighbours + 1L, references, "references");
  }

  /** Fifty neighbours among 5,000 rows. */
  public static DeepKnn standard() {
    return new DeepKnn(50, 5000);
  }

  /** The same asking another number of neighbours. */
  public DeepKnn withNeighbours(int newNeighbours) {
    return new DeepKnn(newNeighbours, references);
  }

  /** The same looking among another number of rows. */
  public DeepKnn withReferences(int newReferences) {
    return new DeepKnn(neighbours, newReferences);
  }

  /** {@inheritDoc} A class that cannot fill a neighbourhood is not judged. */
  @Override
  public Suspicion detect(Batch activations, Labels labels, Seed seed) {
    Activations.check(activations, labels);
    int[] drawn = seed.permutation(labels.count());
    drawn = Arrays.copyOf(drawn, Math.min(references, drawn.length));
    Arrays.sort(drawn);
    Crowd crowd = new Crowd(activations, labels, drawn);
    Findings findings = new Findings(labels.count());
    for (int label = 0; label < labels.classes(); label++) {
      int[] rows = Activations.rowsOf(label, labels);
      if (rows.length > 0) {
        judge("class " + label, rows, label, crowd, findings);
      }
    }
    return findings.suspicion();
  }

  private void judge(String name, int[] rows, int label, Crowd crowd, Findings findings) {
    if (crowd.size(label) <= neighbours) {
      findings.notJudged(
          name,
          rows,
          "%s rows to be neighbours of each other, no more than the %s asked"
              .formatted(crowd.size(label), neighbours));
      return;
    }
    double[] scores = new double[rows.length];
    Arrays.setAll(scores, i -> crowd.dissent(rows[i], neighbours));
    long outvoted = Arrays.stream(scores).filter(score -> score > 0).count();
    String reason = Findings.text("%d of %d rows are outvoted", outvoted, rows.length);
    findings.ruledByRows(name, rows, scores, 0, reason);
  }

  /** The rows that may be neighbours. */
  private static final class Crowd {
    private final Batch activations;
    private final Labels labels;
    private final int[] rows;
    private final float[][] there;
    private final int[] sizes;

    Crowd(Batch activations, Labels labels, int[] rows) {
      this.activations = activations;
      this.labels = labels;
      this.rows = rows;
      there = new float[rows.length][];
      sizes = new int[labels.classes()];
      for (int i = 0; i < rows.length; i++) {
        there[i] = activations.row(rows[i]);
        sizes[labels.atRow(rows[i])]++;
      }
    }

    int size(int label) {
      return sizes[label];
    }

    double dissent(int row, int count) {
      int[] votes = new int[sizes.length];
      for (int neighbour : nearest(row, count)) {
        votes[labels.atRow(neighbour)]++;
      }
      int own = votes[labels.atRow(row)];
      votes[labels.atRow(row)] = 0;
      return (Arrays.stream(votes).max().orElse(0) - own) / (double) count;
    }

    /** By insertion: all but the first few rows are too far to move anything. */
    private int[] nearest(int row, int count) {
      float[] here = activations.row(row);
      double[] distances = new double[count];
      Arrays.fill(distances, Double.POSITIVE_INFINITY);
      int[] nearest = new int[count];
      for (int i = 0; i < rows.length; i++) {
        if (rows[i] == row) {
          continue;
        }
        double distance = distance(here, there[i], distances[count - 1]);
        int place = count - 1;
        if (distance < distances[place]) {
          for (; place > 0 && distance < distances[place - 1]; place--) {
            distances[place] = distances[place - 1];
            nearest[place] = nearest[place - 1];
          }
          distances[place] = distance;
          nearest[place] = rows[i];
        }
      }
      return nearest;
    }

    /** Squared; not to the end once it is above {@code enough}. */
    private static double distance(float[] a, float[] b, double enough) {
      double sum = 0;
      for (int from = 0; from < a.length && sum < enough; from += 64) {
        int to = Math.min(a.length, from + 64);
        for (int j = from; j < to; j++) {
          double difference = a[j] - b[j];
          sum += difference * difference;
        }
      }
      return sum;
    }
  }
}
