package io.gauntlet.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attacks.extraction.Disclosure;
import io.gauntlet.attacks.extraction.Extraction;
import io.gauntlet.attacks.extraction.Extraction.Ending;
import io.gauntlet.attacks.extraction.Judge;
import io.gauntlet.attacks.extraction.KnockoffNets;
import io.gauntlet.attacks.extraction.Oracle;
import io.gauntlet.attacks.extraction.Schedule;
import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;
import io.gauntlet.model.TrainableModel;
import io.gauntlet.random.Seed;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A theft over the wire brings home what it brings in one process, and counts every query. */
@Timeout(120)
class ExtractionTest {
  private static final int BUDGET = 200;
  private static final Examples POOL = points(3, 300);
  private static final Judge JUDGE = Judge.of(Nets.NET, points(4, 500));
  private static final KnockoffNets ATTACK =
      KnockoffNets.standard().withSchedule(new Schedule(5, 40, 16));

  private final InferenceServer server = InferenceServer.of(Nets.NET);

  @AfterEach
  void stop() {
    server.close();
  }

  private static Examples points(long seed, int count) {
    RandomGenerator random = Seed.of(seed).forExample(0);
    float[] values = new float[count * 6];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return Examples.of(Batch.wrap(6, values), new int[count]);
  }

  /** Softmax regression by plain gradient descent. */
  private static final class Regression implements TrainableModel {
    private static final float RATE = 0.5f;

    private final float[][] weights = new float[3][6];
    private final float[] bias = new float[3];

    private Mlp model() {
      return Mlp.linear(Nets.NET.domain(), weights, bias);
    }

    @Override
    public double train(Batch inputs, LogitLoss loss) {
      Batch logits = logits(inputs);
      Batch slopes = loss.gradient(logits);
      Batch losses = loss.values(logits);
      double sum = 0;
      for (int i = 0; i < inputs.rows(); i++) {
        sum += losses.get(i, 0);
        for (int k = 0; k < bias.length; k++) {
          float step = RATE * slopes.get(i, k) / inputs.rows();
          bias[k] -= step;
          for (int j = 0; j < inputs.width(); j++) {
            weights[k][j] -= step * inputs.get(i, j);
          }
        }
      }
      return sum / inputs.rows();
    }

    @Override
    public Shape inputShape() {
      return model().inputShape();
    }

    @Override
    public Domain domain() {
      return Nets.NET.domain();
    }

    @Override
    public int classes() {
      return 3;
    }

    @Override
    public Batch logits(Batch inputs) {
      return model().logits(inputs);
    }

    @Override
    public ForwardPass forward(Batch inputs) {
      return model().forward(inputs);
    }
  }

  private HttpModel remote() {
    return HttpModel.of(server.endpoint(), HttpOptions.standard().withBatch(32));
  }

  private static Extraction<Regression> stolen(Model victim) {
    return stolen(ATTACK, victim, BUDGET);
  }

  private static Extraction<Regression> stolen(KnockoffNets attack, Model victim, int budget) {
    Oracle oracle = Oracle.of(victim, new Disclosure.Scores(), budget);
    return attack.extract(oracle, new Regression(), POOL, JUDGE, Seed.of(1));
  }

  @Test
  void knockoff_nets_steals_over_the_wire_what_it_steals_in_process() {
    HttpModel victim = remote();
    final long before = server.examples();
    Extraction<Regression> there = stolen(victim);
    assertThat(there.queries()).isEqualTo(BUDGET);
    assertThat(server.examples() - before).isEqualTo(BUDGET);

    Extraction<Regression> here = stolen(Nets.NET);
    assertThat(there.curve()).isEqualTo(here.curve());
    assertThat(there.surrogate().model().fingerprint())
        .isEqualTo(here.surrogate().model().fingerprint());
    assertThat(there.surrogate().model().fingerprint())
        .isNotEqualTo(new Regression().model().fingerprint());
  }

  @Test
  void what_a_busy_server_turned_away_was_asked_too_and_comes_off_the_budget() {
    HttpModel victim = remote();
    final long before = server.examples();
    server.strikeNext(Fault.busy(429), Fault.none(), Fault.busy(503), Fault.busy(503));
    Extraction<Regression> stolen = stolen(victim);
    assertThat(server.hasStruck()).isTrue();
    assertThat(stolen.queries()).isEqualTo(BUDGET);
    assertThat(server.examples() - before).isEqualTo(BUDGET);
    // a round is 40 inputs: 32 asked twice, 8 three times; so the last round is 48 short
    assertThat(stolen.curve())
        .extracting(Extraction.Point::queries)
        .containsExactly(88L, 128L, 168L, 200L);
    assertThat(stolen.ending()).isEqualTo(Ending.BUDGET_SPENT);
  }

  @Test
  void a_server_that_is_busy_when_the_budget_is_spent_is_not_asked_again() {
    HttpModel victim = remote();
    final long before = server.examples();
    server.strikeNext(Fault.none(), Fault.busy(429));
    Extraction<Regression> stolen =
        stolen(ATTACK.withSchedule(new Schedule(2, 40, 16)), victim, 40);
    assertThat(stolen.queries()).isEqualTo(40);
    assertThat(server.examples() - before).isEqualTo(40);
    assertThat(stolen.ending()).isEqualTo(Ending.BUDGET_SPENT);
    assertThat(stolen.curve())
        .extracting(Extraction.Point::queries)
        .containsExactly(20L, 40L); // nothing was learnt from the second half
    assertThat(stolen.curve().get(1).agreement()).isEqualTo(stolen.curve().get(0).agreement());
  }
}
