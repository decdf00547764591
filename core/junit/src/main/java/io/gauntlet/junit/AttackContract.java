package io.gauntlet.junit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Robustness;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every attack promises. Extend it once per attack; no test here can be overridden. The cases
 * are drawn from the seed in the test's name and include inputs on the border of the domain, a
 * budget of zero, and a model without any gradient.
 */
public abstract class AttackContract {
  private static final Domain DOMAIN = Domain.of(-2, 2);
  private static final int EXAMPLES = 6;
  private static final int FEATURES = 5;
  private static final int CLASSES = 4;

  /** Makes the contract. */
  protected AttackContract() {}

  /** The attack under test, hyperparameters as shipped or made smaller for speed. */
  protected abstract Attack<? super DifferentiableModel> attack();

  /** Every candidate is in ball and domain. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  protected final void stays_inside_the_threat_model(long seed) {
    for (Norm norm : attack().norms()) {
      Case c = new Case(seed, norm);
      Batch found = c.run(attack(), c.clean);
      for (int i = 0; i < found.rows(); i++) {
        assertTrue(
            c.around(c.clean).contains(found, i),
            norm + ", example " + i + ": distance " + c.around(c.clean).distance(found, i));
      }
    }
  }

  /** An example alone, or in another batch, gets bit for bit the same candidate. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  protected final void gives_the_same_answer_for_any_batch(long seed) {
    for (Norm norm : attack().norms()) {
      Case c = new Case(seed, norm);
      Batch whole = c.run(attack(), c.clean);
      for (int i = 0; i < EXAMPLES; i++) {
        Batch alone = c.run(attack(), c.clean.select(i));
        assertEquals(i, alone.example(0));
        assertArrayEquals(whole.row(i), alone.row(0), norm + ", example " + i);
      }
    }
  }

  /** The same seed gives the same candidates, again and again. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  protected final void repeats_itself(long seed) {
    for (Norm norm : attack().norms()) {
      Case c = new Case(seed, norm);
      Batch first = c.run(attack(), c.clean);
      Batch second = c.run(attack(), c.clean);
      for (int i = 0; i < EXAMPLES; i++) {
        assertArrayEquals(first.row(i), second.row(i), norm + ", example " + i);
      }
    }
  }

  /** Without a budget nothing changes. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  protected final void changes_nothing_when_the_budget_is_zero(long seed) {
    for (Norm norm : attack().norms()) {
      Case c = new Case(seed, norm).withEpsilon(0);
      Batch found = c.run(attack(), c.clean);
      for (int i = 0; i < EXAMPLES; i++) {
        assertArrayEquals(c.clean.row(i), found.row(i), norm + ", example " + i);
      }
    }
  }

  /** A model whose answer never changes is no reason to fail or to leave the ball. */
  @Test
  protected final void survives_a_model_without_gradient() {
    Mlp constant = Mlp.linear(DOMAIN, new float[CLASSES][FEATURES], new float[] {1, 0, 0, 0});
    for (Norm norm : attack().norms()) {
      Case c = new Case(7, norm);
      Neighbourhood allowed = c.around(c.clean);
      Batch found = attack().perturb(constant, allowed, c.goal, Seed.of(7));
      for (int i = 0; i < EXAMPLES; i++) {
        assertTrue(allowed.contains(found, i), norm + ", example " + i);
      }
    }
  }

  /** The evaluation agrees, for any batch size and number of workers, to the last bit. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  protected final void gives_one_report_for_any_batch_size_and_workers(long seed) {
    for (Norm norm : attack().norms()) {
      Case c = new Case(seed, norm);
      RobustnessReport first = c.evaluate(attack(), EXAMPLES, 1);
      for (int batch : new int[] {1, 4}) {
        RobustnessReport other = c.evaluate(attack(), batch, 2);
        assertEquals(first.outcomes(), other.outcomes(), norm + ", batch " + batch);
        assertEquals(first.adversarial().buffer(), other.adversarial().buffer());
      }
    }
  }

  /** A query budget is never overdrawn, and running out of it is not a failure. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  protected final void respects_a_query_budget(long seed) {
    for (Norm norm : attack().norms()) {
      Case c = new Case(seed, norm);
      for (int most : new int[] {1, 2, 5}) {
        RobustnessReport report = c.withQueries(most).evaluate(attack(), EXAMPLES, 1);
        long spent =
            report.attacks().get(0).forwardQueries() + report.attacks().get(0).gradientQueries();
        assertTrue(spent <= (long) most * report.attacks().get(0).attempted());
      }
    }
  }

  /** One random, reproducible situation. */
  private static final class Case {
    private final ThreatModel threat;
    private final Batch clean;
    private final Labels labels;
    private final Goal goal;
    private final Mlp model;
    private final Seed seed;

    Case(long seed, Norm norm) {
      this(Seed.of(seed), new ThreatModel(norm, radius(norm, seed)));
    }

    private Case(Seed seed, ThreatModel threat) {
      RandomGenerator random = seed.derive(-1).forExample(0);
      this.seed = seed;
      this.threat = threat;
      model =
          Mlp.of(
              Shape.of(FEATURES),
              DOMAIN,
              List.of(layer(8, FEATURES, random), layer(CLASSES, 8, random)));
      float[][] x = new float[EXAMPLES][FEATURES];
      for (int i = 0; i < EXAMPLES; i++) {
        for (int j = 0; j < FEATURES; j++) {
          float value = (float) random.nextGaussian();
          x[i][j] = i == 0 ? Math.signum(value) * 2 : DOMAIN.clip(j, value); // 0: in a corner
        }
      }
      clean = Batch.of(x);
      Batch logits = model.logits(clean);
      int[] right = new int[EXAMPLES];
      for (int i = 0; i < EXAMPLES; i++) {
        right[i] = logits.argmax(i);
      }
      labels = Labels.of(right);
      goal = new Goal.Untargeted(labels);
    }

    private static float radius(Norm norm, long seed) {
      float share = Seed.of(seed).derive(-2).forExample(0).nextFloat() + 0.1f;
      return norm == Norm.l0() ? 1 + (int) (2 * share) : norm == Norm.linf() ? share / 2 : share;
    }

    private static Mlp.Dense layer(int outputs, int inputs, RandomGenerator random) {
      float[][] weights = new float[outputs][inputs];
      float[] bias = new float[outputs];
      for (int o = 0; o < outputs; o++) {
        for (int i = 0; i < inputs; i++) {
          weights[o][i] = (float) random.nextGaussian();
        }
        bias[o] = (float) random.nextGaussian();
      }
      return Mlp.Dense.of(weights, bias);
    }

    Case withEpsilon(float epsilon) {
      return new Case(seed, new ThreatModel(threat.norm(), epsilon));
    }

    Case withQueries(int most) {
      return new Case(seed, threat.withQueries(most));
    }

    Neighbourhood around(Batch some) {
      return threat.around(some, DOMAIN);
    }

    Batch run(Attack<? super DifferentiableModel> attack, Batch some) {
      return attack.perturb(model, around(some), goal, seed);
    }

    RobustnessReport evaluate(Attack<? super DifferentiableModel> attack, int batch, int workers) {
      List<Attack<? super DifferentiableModel>> one = new ArrayList<>();
      one.add(attack);
      return Robustness.of(model)
          .under(threat)
          .attackedBy(one)
          .withSeed(seed.root())
          .withBatch(batch)
          .withWorkers(workers)
          .evaluate(new Examples(Shape.of(FEATURES), clean, labels));
    }
  }
}
