package io.gauntlet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntervalTest {
  /**
   * From SciPy 1.17.1: {@code lower = beta.ppf((1 - c) / 2, k, n - k + 1)}, {@code upper =
   * beta.ppf(1 - (1 - c) / 2, k + 1, n - k)}.
   */
  @ParameterizedTest
  @CsvSource({
    "0, 10, 0.95, 0.0, 0.3084971078187607",
    "10, 10, 0.95, 0.6915028921812392, 1.0",
    "9, 10, 0.95, 0.5549838829718046, 0.9974714214555382",
    "1, 2, 0.95, 0.01257911709342506, 0.9874208829065749",
    "0, 1, 0.95, 0.0, 0.975",
    "1, 1, 0.99, 0.0050000000000000044, 1.0",
    "5, 10, 0.9, 0.22244110100812936, 0.7775588989918706",
    "2, 3, 0.5, 0.3263518223330697, 0.9085602964160698",
    "17, 50, 0.999, 0.14647406216674952, 0.5811129986057177",
    "45, 100, 0.95, 0.3503202292396721, 0.552719811226064",
    "100, 1000, 0.99, 0.07702169542223594, 0.12687986384068906",
    "8000, 10000, 0.95, 0.7920232722181366, 0.8078016297781427",
    "49999, 50000, 0.95, 0.9998885722263611, 0.9999994936439686",
    "3, 1000000, 0.95, 6.186725501906402e-07, 8.767247788067677e-06"
  })
  void agrees_with_scipy(int successes, int trials, double confidence, double lower, double upper) {
    Interval interval = Interval.clopperPearson(successes, trials, confidence);
    assertThat(interval.lower()).isCloseTo(lower, within(1e-9 * lower));
    assertThat(interval.upper()).isCloseTo(upper, within(1e-9 * upper));
    assertThat(interval.confidence()).isEqualTo(confidence);
  }

  /** The example of R's manual page of binom.test, after Conover 1971: 682 of 925 plants. */
  @Test
  void agrees_with_the_published_example_of_binom_test() {
    Interval interval = Interval.clopperPearson(682, 925, 0.95);
    assertThat(interval.lower()).isCloseTo(0.7076683, within(5e-8));
    assertThat(interval.upper()).isCloseTo(0.7654066, within(5e-8));
  }

  /** At the ends there is a closed form: 1 - (tail)^(1/n). */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 1000, 100_000})
  void at_none_and_at_all_it_is_the_closed_form(int trials) {
    double upper = 1 - Math.pow(0.025, 1.0 / trials);
    Interval none = Interval.clopperPearson(0, trials, 0.95);
    Interval all = Interval.clopperPearson(trials, trials, 0.95);
    assertThat(none.lower()).isZero();
    assertThat(none.upper()).isCloseTo(upper, within(1e-9 * upper));
    assertThat(all.upper()).isEqualTo(1);
    assertThat(all.lower()).isCloseTo(1 - upper, within(1e-9));
  }

  @Test
  void it_covers_the_true_share_at_least_as_often_as_it_says() {
    for (double share : new double[] {0.02, 0.3, 0.5, 0.77, 0.99}) {
      double covered = 0;
      for (int k = 0; k <= 30; k++) {
        Interval interval = Interval.clopperPearson(k, 30, 0.9);
        if (interval.lower() <= share && share <= interval.upper()) {
          covered += binomial(30, k) * Math.pow(share, k) * Math.pow(1 - share, 30.0 - k);
        }
      }
      assertThat(covered).isGreaterThanOrEqualTo(0.9);
    }
  }

  private static double binomial(int n, int k) {
    double ways = 1;
    for (int i = 1; i <= k; i++) {
      ways = ways * (n - k + i) / i;
    }
    return ways;
  }

  @Test
  void what_is_no_share_is_refused() {
    assertThatThrownBy(() -> Interval.clopperPearson(0, 0, 0.95))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("trials must be at least 1, but was 0");
    assertThatThrownBy(() -> Interval.clopperPearson(-1, 5, 0.95))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("successes must be from 0 to 5, but was -1");
    assertThatThrownBy(() -> Interval.clopperPearson(6, 5, 0.95))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("successes must be from 0 to 5, but was 6");
    assertThatThrownBy(() -> new Interval(0.6, 0.5, 0.95))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("an interval must satisfy 0 <= lower <= upper <= 1, but was [0.6, 0.5]");
    assertThatThrownBy(() -> new Interval(0, Double.NaN, 0.95))
        .hasMessage("an interval must satisfy 0 <= lower <= upper <= 1, but was [0.0, NaN]");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -0.5, 95, Double.NaN})
  void what_is_no_confidence_is_refused(double confidence) {
    assertThatThrownBy(() -> Interval.clopperPearson(1, 2, confidence))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("confidence must lie between 0 and 1, such as 0.95, but was " + confidence);
  }
}
