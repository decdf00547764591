package io.gauntlet.defenses.certify.bounds;

import io.gauntlet.evaluate.Rate;
import io.gauntlet.threat.ThreatModel;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What was proved of some examples.
 *
 * @param network the network's fingerprint
 * @param methods short names of the verifiers, in the order in which they were asked
 * @param verdicts one for each example, in data-set order; at least one
 */
public record CertificationReport(
    ThreatModel threat, String network, List<String> methods, List<Verdict> verdicts) {

  /** Copies; without examples every rate would be undefined. */
  public CertificationReport {
    methods = List.copyOf(methods);
    verdicts = List.copyOf(verdicts);
    if (verdicts.isEmpty()) {
      throw new IllegalArgumentException("a report needs at least one example, but had none");
    }
  }

  /** Share of the examples that no attack within the threat model can turn from their label. */
  public Rate certified() {
    return new Rate(count(Verdict.Certified.class), verdicts.size());
  }

  /** Examples with this verdict. */
  public int count(Class<? extends Verdict> verdict) {
    return (int) verdicts.stream().filter(verdict::isInstance).count();
  }

  /** Positions of the certified examples. */
  public Set<Long> certifiedExamples() {
    Set<Long> positions = new TreeSet<>();
    for (Verdict verdict : verdicts) {
      if (verdict instanceof Verdict.Certified) {
        positions.add(verdict.example());
      }
    }
    return positions;
  }

  /** Rows of the examples that are not certified, to be attacked: the others cannot fall. */
  public int[] uncertifiedRows() {
    return IntStream.range(0, verdicts.size())
        .filter(row -> !(verdicts.get(row) instanceof Verdict.Certified))
        .toArray();
  }

  /** How many examples each verifier settled, in lines. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    line(text, "certified", Verdict.Certified.class);
    line(text, "falsified", Verdict.Falsified.class);
    line(text, "undecided", Verdict.Undecided.class);
    return text.toString();
  }

  private void line(StringBuilder text, String name, Class<? extends Verdict> kind) {
    text.append(String.format(Locale.ROOT, "%-10s %6d", name, count(kind)));
    String separator = "  by ";
    for (String method : methods) {
      long settled =
          verdicts.stream().filter(v -> kind.isInstance(v) && v.method().equals(method)).count();
      if (settled > 0 && kind != Verdict.Undecided.class) {
        text.append(separator).append(method).append(' ').append(settled);
        separator = ", ";
      }
    }
    text.append('\n');
  }
}
