package io.gauntlet.junit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gauntlet.attack.Attack;
import io.gauntlet.attack.Goal;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.AttackSummary;
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
 * What every attack on images promises: what {@link AttackContract} asks of any attack, on images
 * of three channels, in balls and without a bound. Extend it once per attack that takes nothing
 * else; no test here can be overridden.
 */
public abstract class ImageAttackContract {
  /** Shape of the contract's images: three channels of five lines of six pixels. */
  protected static final Shape SHAPE = Shape.of(3, 5, 6);

  /** Legal values of the contract's images. */
  protected static final Domain DOMAIN = Domain.of(-1, 1);

  private static final int EXAMPLES = 6;
  private static final int CLASSES = 4;

  /** Makes the contract. */
  protected ImageAttackContract() {}

  /** The attack under test, hyperparameters as shipped or made smaller for speed. */
  protected abstract Attack<? super DifferentiableModel> attack();

  /** Every candidate is in ball and domain. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  protected final void stays_inside_the_threat_model(long seed) {
    for (Case c : cases(seed)) {
      Batch found = c.run(attack(), c.clean);
      for (int i = 0; i < EXAMPLES; i++) {
        assertTrue(
            c.around(c.clean).contains(found, i),
            c.threat + ", example " + i + ": " + c.around(c.clean).distance(found, i));
      }
    }
  }

  /** An example alone, or in another batch, gets bit for bit the same candidate. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  protected final void gives_the_same_answer_for_any_batch(long seed) {
    for (Case c : cases(seed)) {
      Batch whole = c.run(attack(), c.clean);
      for (int i = 0; i < EXAMPLES; i++) {
        Batch alone = c.run(attack(), c.clean.select(i));
        assertEquals(i, alone.example(0));
        assertArrayEquals(whole.row(i), alone.row(0), c.threat + ", example " + i);
      }
    }
  }

  /** The same seed gives the same candidates, again and again. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  protected final void repeats_itself(long seed) {
    for (Case c : cases(seed)) {
      assertSame(c.run(attack(), c.clean), c.run(attack(), c.clean), c.threat);
    }
  }

  /** Without a budget nothing changes. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  protected final void changes_nothing_when_the_budget_is_zero(long seed) {
    for (Norm norm : attack().norms()) {
      Case c = new Case(seed, new ThreatModel(norm, 0));
      assertSame(c.clean, c.run(attack(), c.clean), c.threat);
    }
  }

  /** A model whose answer never changes is no reason to fail or to leave the threat model. */
  @Test
  protected final void survives_a_model_that_always_answers_the_same() {
    float[] bias = {1, 0, 0, 0};
    Mlp.Dense zero = Mlp.Dense.of(new float[CLASSES][SHAPE.size()], bias);
    Mlp constant = Mlp.of(SHAPE, DOMAIN, List.of(zero));
    for (Case c : cases(7)) {
      Neighbourhood allowed = c.around(c.clean);
      Batch found = attack().perturb(constant, allowed, c.goal, Seed.of(7));
      for (int i = 0; i < EXAMPLES; i++) {
        assertTrue(allowed.contains(found, i), c.threat + ", example " + i);
      }
    }
  }

  /** Inputs that are no images are refused by their shape. */
  @Test
  protected final void refuses_inputs_that_are_no_images() {
    Mlp flat = Mlp.linear(DOMAIN, new float[CLASSES][7], new float[CLASSES]);
    Batch clean = Batch.of(new float[7]);
    Neighbourhood allowed = ThreatModel.linf(1).around(clean, DOMAIN);
    Goal goal = new Goal.Untargeted(Labels.of(0));
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> attack().perturb(flat, allowed, goal, Seed.of(1)));
    assertTrue(String.valueOf(refusal.getMessage()).contains("7"), refusal.getMessage());
  }

  /** The evaluation agrees, for any batch size and number of workers, to the last bit. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  protected final void gives_one_report_for_any_batch_size_and_workers(long seed) {
    for (Case c : cases(seed)) {
      RobustnessReport first = c.evaluate(attack(), c.threat, EXAMPLES, 1);
      for (int batch : new int[] {1, 4}) {
        RobustnessReport other = c.evaluate(attack(), c.threat, batch, 2);
        assertEquals(first.outcomes(), other.outcomes(), c.threat + ", batch " + batch);
        assertEquals(first.adversarial().buffer(), other.adversarial().buffer());
      }
    }
  }

  /** A query budget is never overdrawn, and running out of it is not a failure. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  protected final void respects_a_query_budget(long seed) {
    for (Case c : cases(seed)) {
      for (int most : new int[] {1, 2, 5}) {
        AttackSummary spent =
            c.evaluate(attack(), c.threat.withQueries(most), EXAMPLES, 1).attacks().get(0);
        assertTrue(
            spent.forwardQueries() + spent.gradientQueries() <= (long) most * spent.attempted());
      }
    }
  }

  private static void assertSame(Batch expected, Batch actual, ThreatModel threat) {
    for (int i = 0; i < EXAMPLES; i++) {
      assertArrayEquals(expected.row(i), actual.row(i), threat + ", example " + i);
    }
  }

  /** Each norm with a ball and without a bound. */
  private List<Case> cases(long seed) {
    List<Case> cases = new ArrayList<>();
    for (Norm norm : attack().norms()) {
      cases.add(new Case(seed, new ThreatModel(norm, radius(norm, seed))));
      cases.add(new Case(seed, ThreatModel.unbounded(norm)));
    }
    return cases;
  }

  /** From a tenth of the domain's size, where little fits, to more than all of it. */
  private static float radius(Norm norm, long seed) {
    float[] across = new float[SHAPE.size()];
    for (int j = 0; j < across.length; j++) {
      across[j] = DOMAIN.upper(j) - DOMAIN.lower(j);
    }
    float share = Seed.of(seed).derive(-2).forExample(0).nextFloat() + 0.1f;
    return (float) Math.ceil(share * norm.of(across));
  }

  /** One random, reproducible situation. */
  private static final class Case {
    private final Seed seed;
    private final ThreatModel threat;
    private final Mlp model;
    private final Batch clean;
    private final Labels labels;
    private final Goal goal;

    Case(long root, ThreatModel threat) {
      seed = Seed.of(root);
      this.threat = threat;
      RandomGenerator random = seed.derive(-1).forExample(0);
      model =
          Mlp.of(SHAPE, DOMAIN, List.of(layer(8, SHAPE.size(), random), layer(CLASSES, 8, random)));
      float[][] x = new float[EXAMPLES][SHAPE.size()];
      for (int i = 0; i < EXAMPLES; i++) {
        for (int j = 0; j < x[i].length; j++) {
          float value = 2 * random.nextFloat() - 1;
          x[i][j] = i == 0 ? Math.signum(value) : value; // 0: black and white
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

    Neighbourhood around(Batch some) {
      return threat.around(some, DOMAIN);
    }

    Batch run(Attack<? super DifferentiableModel> attack, Batch some) {
      return attack.perturb(model, around(some), goal, seed);
    }

    RobustnessReport evaluate(
        Attack<? super DifferentiableModel> attack, ThreatModel under, int batch, int workers) {
      List<Attack<? super DifferentiableModel>> one = new ArrayList<>();
      one.add(attack);
      return Robustness.of(model)
          .under(under)
          .attackedBy(one)
          .withSeed(seed.root())
          .withBatch(batch)
          .withWorkers(workers)
          .evaluate(new Examples(SHAPE, clean, labels));
    }
  }
}
