package io.gauntlet.attacks.extraction;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.model.SoftLabels;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A gradient bandit over the pool's classes (Orekondy 2019, section 4.1.2): draws a class by its
 * potential, and an input of it that was not asked about yet.
 */
final class Bandit implements Selection {
  private final Labels actions;
  private final RandomGenerator random;
  private final List<Deque<Integer>> open = new ArrayList<>();
  private final double[] potential;
  private final int[] draws;
  private final Reward certainty = new Reward();
  private final Reward diversity = new Reward();
  private final Reward loss = new Reward();
  private double[] meanAnswer = new double[0];
  private double meanReward;
  private int seen;

  /** A reward rescaled to [0, 1] by the range it has had so far. */
  private static final class Reward {
    private double least = Double.POSITIVE_INFINITY;
    private double largest = Double.NEGATIVE_INFINITY;

    double scaled(double value) {
      least = Math.min(least, value);
      largest = Math.max(largest, value);
      return largest > least ? (value - least) / (largest - least) : 0;
    }
  }

  /** Chooses by reward; {@code order} is random, that of the inputs of one class. */
  Bandit(Labels actions, int[] order, RandomGenerator random) {
    this.actions = actions;
    this.random = random;
    for (int action = 0; action < actions.classes(); action++) {
      open.add(new ArrayDeque<>());
    }
    for (int row : order) {
      open.get(actions.atRow(row)).add(row);
    }
    potential = new double[open.size()];
    draws = new int[open.size()];
  }

  @Override
  public int[] next(int count, Model surrogate) {
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = open.get(drawn()).remove();
    }
    return rows;
  }

  /** A class that has inputs left, by the softmax of the potentials. */
  private int drawn() {
    double[] policy = policy();
    double left = 0;
    for (int action = 0; action < policy.length; action++) {
      left += open.get(action).isEmpty() ? 0 : policy[action];
    }
    double draw = random.nextDouble() * left;
    int last = -1;
    for (int action = 0; action < policy.length && (last < 0 || draw >= 0); action++) {
      if (!open.get(action).isEmpty()) {
        last = action;
        draw -= policy[action];
      }
    }
    return last;
  }

  private double[] policy() {
    double max = Arrays.stream(potential).max().orElseThrow();
    double[] policy = Arrays.stream(potential).map(h -> Math.exp(h - max)).toArray();
    double sum = Arrays.stream(policy).sum();
    return Arrays.stream(policy).map(p -> p / sum).toArray();
  }

  @Override
  public void observe(int[] rows, Batch answers, Batch guesses) {
    Batch victim = Guesses.probabilities(answers);
    long[] numbers = new long[rows.length];
    Arrays.setAll(numbers, i -> i);
    Batch losses = new SoftLabels(victim.standingFor(numbers)).values(guesses.standingFor(numbers));
    for (int i = 0; i < rows.length; i++) {
      learn(actions.atRow(rows[i]), reward(victim.row(i), losses.get(i, 0)));
    }
  }

  private double reward(float[] answer, double surrogateLoss) {
    seen++;
    meanAnswer = seen == 1 ? new double[answer.length] : meanAnswer;
    double unusual = 0;
    for (int k = 0; k < answer.length; k++) {
      unusual += Math.max(0, answer[k] - meanAnswer[k]);
      meanAnswer[k] += (answer[k] - meanAnswer[k]) / seen;
    }
    double lead = -Uncertainty.closeness(answer);
    return (certainty.scaled(lead) + diversity.scaled(unusual) + loss.scaled(surrogateLoss)) / 3;
  }

  /** One step up the expected reward, with the mean reward as baseline. */
  private void learn(int action, double reward) {
    double[] policy = policy();
    meanReward += (reward - meanReward) / seen;
    double step = (reward - meanReward) / ++draws[action];
    for (int other = 0; other < potential.length; other++) {
      potential[other] += step * ((other == action ? 1 : 0) - policy[other]);
    }
  }
}
