package io.gauntlet.defenses.certify.smoothing;

import io.gauntlet.evaluate.Workers;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Asks a model about noisy copies of many inputs, in pieces that its workers share: one input alone
 * keeps them all busy. Each piece has a random stream of its own, so that it does not matter who
 * asks it when.
 */
final class Poll {
  private static final int PIECE = 1_000; // noisy copies
  private static final int WAITING = 10_000; // pieces that wait for a worker, at most

  private final Model model;
  private final Noise noise;
  private final Seed seed;
  private final int[] samples;

  /** What the votes on an example say, one for each sample. */
  @FunctionalInterface
  interface Reading<T> {
    T of(long example, List<Votes> samples);
  }

  /**
   * A poll that takes independent samples of each input's noisy copies.
   *
   * @param samples copies in each
   */
  Poll(Model model, Noise noise, Seed seed, int... samples) {
    this.model = model;
    this.noise = noise;
    this.seed = seed;
    this.samples = samples.clone();
  }

  /** Reads the votes on every row, in the calling thread and as soon as its last piece is in. */
  <T> List<T> of(Batch inputs, Reading<T> reading) {
    SortedMap<Integer, T> results = new TreeMap<>();
    int rowsAtOnce = Math.max(1, WAITING / piecesOfRow());
    try (Workers workers = new Workers(model.concurrency().workers())) {
      for (int from = 0; from < inputs.rows(); from += rowsAtOnce) {
        List<Workers.Task<Runnable>> tasks = new ArrayList<>();
        for (int i = from; i < Math.min(inputs.rows(), from + rowsAtOnce); i++) {
          int row = i;
          long example = inputs.example(row);
          Tally tally = new Tally(votes -> results.put(row, reading.of(example, votes)));
          addPieces(tasks, inputs.select(row), tally);
        }
        workers.run(tasks, Runnable::run);
      }
    }
    return List.copyOf(results.values());
  }

  private int piecesOfRow() {
    return Arrays.stream(samples).map(Poll::pieces).sum();
  }

  private static int pieces(int copies) {
    return 1 + (copies - 1) / PIECE;
  }

  private void addPieces(List<Workers.Task<Runnable>> tasks, Batch input, Tally tally) {
    for (int s = 0; s < samples.length; s++) {
      int sample = s;
      for (int p = 0; p < pieces(samples[s]); p++) {
        Seed ofPiece = seed.derive(sample).derive(p);
        int copies = Math.min(PIECE, samples[s] - p * PIECE);
        tasks.add(
            () -> {
              Votes votes =
                  Votes.sample(model, noise, input, copies, ofPiece.forExample(input.example(0)));
              return () -> tally.add(sample, votes);
            });
      }
    }
  }

  /** What has come in for one row. Only the thread that waits for the workers touches it. */
  private final class Tally {
    private final Consumer<List<Votes>> complete;
    private final List<Votes> votes = new ArrayList<>();
    private int missing = piecesOfRow();

    Tally(Consumer<List<Votes>> complete) {
      this.complete = complete;
      for (int i = 0; i < samples.length; i++) {
        votes.add(Votes.none(model.classes()));
      }
    }

    void add(int sample, Votes piece) {
      votes.set(sample, votes.get(sample).plus(piece));
      missing--;
      if (missing == 0) {
        complete.accept(votes);
      }
    }
  }
}
