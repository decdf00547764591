package io.gauntlet.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeedTest {
  @Test
  void derives_the_published_outputs_of_splitmix64() {
    // the sequence of seed 1234567 at https://rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64
    Seed seed = Seed.of(1234567);
    String[] published = {
      "6457827717110365317",
      "3203168211198807973",
      "9817491932198370423",
      "4593380528125082431",
      "16408922859458223821"
    };
    for (int i = 0; i < published.length; i++) {
      assertThat(seed.derive(i).root()).isEqualTo(Long.parseUnsignedLong(published[i]));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 42, Long.MIN_VALUE, Long.MAX_VALUE})
  void derives_what_the_jdk_s_own_splitmix64_gives(long root) {
    SplittableRandom jdk = new SplittableRandom(root);
    for (int i = 0; i < 1000; i++) {
      assertThat(Seed.of(root).derive(i).root()).isEqualTo(jdk.nextLong());
    }
  }

  @Test
  void gives_the_same_numbers_on_every_java() {
    // written down on JDK 17.0 and read again on JDK 25: a report names its seed, not its Java
    RandomGenerator random = Seed.of(42).forExample(0);
    assertThat(random.nextLong()).isEqualTo(-2252130537525163398L);
    assertThat(random.nextInt(1000)).isEqualTo(946);
    assertThat(random.nextFloat()).isEqualTo(0.9443544f);
    assertThat(random.nextDouble()).isEqualTo(0.0674931705999362);
    assertThat(random.nextGaussian()).isEqualTo(2.936930172194214);
    assertThat(random.nextExponential()).isEqualTo(0.42679676066166716);
    assertThat(Seed.of(42).forExample(12345).nextLong()).isEqualTo(-9164060599480010182L);
    assertThat(Seed.of(-7).derive(3).derive(1).forExample(1L << 40).nextLong())
        .isEqualTo(-5303811742795389414L);
  }

  @Test
  void gives_a_fresh_generator_with_the_same_numbers_every_time() {
    Seed seed = Seed.of(9);
    RandomGenerator first = seed.forExample(17);
    first.nextLong();
    assertThat(seed.forExample(17)).isNotSameAs(first);
    assertThat(Seed.of(9).forExample(17).longs(100).toArray())
        .containsExactly(seed.forExample(17).longs(100).toArray());
  }

  @Test
  void never_derives_one_seed_twice_in_a_million() {
    long[] roots = new long[1_000_000];
    int next = 0;
    for (int attack = 0; attack < 10; attack++) {
      for (int restart = 0; restart < 1000; restart++) {
        for (int target = 0; target < 100; target++) {
          roots[next++] = Seed.of(1).derive(attack).derive(restart).derive(target).root();
        }
      }
    }
    assertDistinct(roots);
  }

  @Test
  void never_gives_two_examples_or_restarts_one_stream() {
    long[] first = new long[100_000];
    int next = 0;
    for (int restart = 0; restart < 100; restart++) {
      Seed seed = Seed.of(5).derive(restart);
      for (int example = 0; example < 1000; example++) {
        first[next++] = seed.forExample(example).nextLong();
      }
    }
    assertDistinct(first); // 1e5 draws of 64 bits collide with probability 3e-10
  }

  private static void assertDistinct(long[] values) {
    Arrays.sort(values);
    for (int i = 1; i < values.length; i++) {
      if (values[i] == values[i - 1]) { // an assertion a million times over takes seconds
        fail("%s came twice", values[i]);
      }
    }
  }

  @Test
  void neighbouring_examples_are_not_alike() {
    // the mean of 20000 uniform numbers, and of the products of neighbours, at 4 standard
    // deviations
    int examples = 20_000;
    double sum = 0;
    double products = 0;
    double before = 0;
    for (int i = 0; i < examples; i++) {
      double centred = Seed.of(0).forExample(i).nextDouble() - 0.5;
      sum += centred;
      products += centred * before;
      before = centred;
    }
    double deviation = Math.sqrt(1 / 12.0);
    assertThat(Math.abs(sum / examples)).isLessThan(4 * deviation / Math.sqrt(examples));
    assertThat(Math.abs(products / examples))
        .isLessThan(4 * deviation * deviation / Math.sqrt(examples));
  }

  @Test
  void every_permutation_is_equally_likely() {
    int[] counts = new int[6];
    for (int draw = 0; draw < 6000; draw++) {
      int[] order = Seed.of(draw).permutation(3);
      counts[2 * order[0] + (order[1] > order[2] ? 1 : 0)]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(880, 1120); // four standard deviations of 29
    }
  }
}
