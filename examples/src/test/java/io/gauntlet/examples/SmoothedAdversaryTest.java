package io.gauntlet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.attack.Goal;
import io.gauntlet.attacks.gradient.Pgd;
import io.gauntlet.data.Examples;
import io.gauntlet.defenses.certify.smoothing.Certificate;
import io.gauntlet.defenses.certify.smoothing.Noise;
import io.gauntlet.defenses.certify.smoothing.Prediction;
import io.gauntlet.defenses.certify.smoothing.RandomizedSmoothing;
import io.gauntlet.defenses.certify.smoothing.SoftSmoothedModel;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Mlp;
import io.gauntlet.model.Shape;
import io.gauntlet.random.Seed;
import io.gauntlet.threat.Norm;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** An attacker who knows the smoothing goes through its gradients, and stays outside the proof. */
class SmoothedAdversaryTest {
  private static final int WIDTH = 8;
  private static final int COUNT = 60;
  private static final Mlp NET = net(Seed.of(1));
  static final List<Noise> NOISES =
      List.of(new Noise.Gaussian(0.5f), new Noise.Laplace(0.4f), new Noise.Uniform(0.8f));

  @ParameterizedTest
  @FieldSource("NOISES")
  void nothing_is_found_inside_a_certified_radius_but_further_out_there_is(Noise noise) {
    RandomizedSmoothing method = new RandomizedSmoothing(noise, 50, 2000, 1e-5);
    Batch inputs = inputs();
    List<Certificate> certified =
        method.certify(NET, Examples.of(inputs, new int[COUNT]), Seed.of(2)).certificates().stream()
            .filter(certificate -> !certificate.isAbstained())
            .toList();
    assertThat(certified).hasSizeGreaterThan(COUNT / 2);
    assertThat(turned(method, inputs, certified, 0.999f)).isZero();
    assertThat(turned(method, inputs, certified, 4)).isGreaterThan(certified.size() / 4);
  }

  /** Examples that PGD brings to another prediction within so many certified radii. */
  private static long turned(
      RandomizedSmoothing method, Batch inputs, List<Certificate> certified, float radii) {
    SoftSmoothedModel view = SoftSmoothedModel.of(NET, method.noise(), 32, Seed.of(3));
    Norm norm = method.noise().norm();
    return certified.stream()
        .filter(
            certificate -> {
              Batch clean = inputs.select((int) certificate.example());
              Goal goal = new Goal.Untargeted(Labels.of(clean, certificate.candidate()));
              ThreatModel threat = new ThreatModel(norm, radii * (float) certificate.radius());
              Batch found =
                  Pgd.standard()
                      .withSteps(15)
                      .perturb(view, threat.around(clean, NET.domain()), goal, Seed.of(4));
              Prediction answer = method.predict(NET, found, Seed.of(5)).get(0);
              return answer.prediction().orElse(certificate.candidate()) != certificate.candidate();
            })
        .count();
  }

  private static Batch inputs() {
    RandomGenerator random = Seed.of(6).forExample(0);
    return Batch.wrap(WIDTH, normal(COUNT * WIDTH, 1, random));
  }

  private static Mlp net(Seed seed) {
    RandomGenerator random = seed.forExample(0);
    float[][] hidden = rows(16, WIDTH, random);
    float[][] last = rows(3, 16, random);
    return Mlp.of(
        Shape.of(WIDTH),
        Domain.of(-20, 20),
        List.of(Mlp.Dense.of(hidden, new float[16]), Mlp.Dense.of(last, new float[3])));
  }

  private static float[][] rows(int count, int width, RandomGenerator random) {
    return Stream.generate(() -> normal(width, 0.5f, random)).limit(count).toArray(float[][]::new);
  }

  private static float[] normal(int count, float deviation, RandomGenerator random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }
}
