package io.gauntlet.defenses.certify.bounds;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.Rate;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.threat.ThreatModel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * Certified accuracy ≤ true robust accuracy ≤ accuracy left by the strongest attack.
 *
 * @param threat what both sides are about
 * @param examples all of them; at least 1
 * @param certified positions of those that no attack can turn, ascending
 * @param between positions of those that were neither certified nor turned, ascending
 * @param unfinished how many of those between were not attacked to the end
 */
public record Sandwich(
    ThreatModel threat, int examples, List<Long> certified, List<Long> between, int unfinished) {
  private static final int NAMED = 20;

  /** Copies. */
  public Sandwich {
    certified = List.copyOf(certified);
    between = List.copyOf(between);
  }

  /**
   * Joins certificates and attacks on the same network.
   *
   * @param attacked attacks under the same norm and epsilon, on all examples or at least on all
   *     that are not certified, which cannot fall anyway
   * @throws BrokenCertificateException if an attack has succeeded inside a certificate
   * @throws IllegalArgumentException if the two are about different threats or examples
   */
  public static Sandwich of(CertificationReport certificates, RobustnessReport attacked) {
    TreeSet<Long> turned = new TreeSet<>();
    TreeSet<Long> all = new TreeSet<>();
    for (Verdict verdict : certificates.verdicts()) {
      all.add(verdict.example());
      if (verdict instanceof Verdict.Falsified) {
        turned.add(verdict.example());
      }
    }
    return of(certificates.threat(), all, certificates.certifiedExamples(), turned, attacked);
  }

  /**
   * The same for certificates of any other kind, such as those of randomised smoothing.
   *
   * @param all positions of all examples
   * @param certified positions of those that are certified for this threat
   */
  public static Sandwich of(
      ThreatModel threat,
      Collection<Long> all,
      Collection<Long> certified,
      RobustnessReport attacked) {
    return of(threat, all, certified, List.of(), attacked);
  }

  private static Sandwich of(
      ThreatModel threat,
      Collection<Long> all,
      Collection<Long> certified,
      Collection<Long> alreadyTurned,
      RobustnessReport attacked) {
    requireSameThreat(threat, attacked.threat());
    Map<Long, Outcome> outcomes = new HashMap<>();
    for (Outcome outcome : attacked.outcomes()) {
      outcomes.put(outcome.example(), outcome);
    }
    TreeSet<Long> proved = new TreeSet<>(certified);
    TreeSet<Long> examples = new TreeSet<>(all);
    requireCovered(examples, proved, outcomes);
    List<Long> broken = new ArrayList<>();
    List<Long> between = new ArrayList<>();
    int unfinished = 0;
    for (long example : examples) {
      Outcome outcome = outcomes.get(example);
      boolean turned =
          outcome instanceof Outcome.Fooled
              || outcome instanceof Outcome.Misclassified
              || alreadyTurned.contains(example);
      if (turned && proved.contains(example)) {
        broken.add(example);
      } else if (!turned && !proved.contains(example)) {
        between.add(example);
        unfinished += outcome instanceof Outcome.Unfinished ? 1 : 0;
      }
    }
    if (!broken.isEmpty()) {
      throw new BrokenCertificateException(broken);
    }
    return new Sandwich(threat, examples.size(), List.copyOf(proved), between, unfinished);
  }

  private static void requireSameThreat(ThreatModel one, ThreatModel other) {
    if (!one.norm().equals(other.norm()) || one.epsilon() != other.epsilon()) {
      throw new IllegalArgumentException(
          "certificates and attacks must have one norm and epsilon, but had %s and %s"
              .formatted(one, other));
    }
  }

  private static void requireCovered(
      TreeSet<Long> all, TreeSet<Long> certified, Map<Long, Outcome> outcomes) {
    for (long example : all) {
      if (!certified.contains(example) && !outcomes.containsKey(example)) {
        throw new IllegalArgumentException(
            "every example must be certified or attacked, but example %s is neither"
                .formatted(example));
      }
    }
    List<Long> strangers = new ArrayList<>(outcomes.keySet());
    strangers.addAll(certified);
    strangers.removeAll(all);
    if (!strangers.isEmpty()) {
      throw new IllegalArgumentException(
          "attacks and certificates must be about the same examples, but example %s is not among them"
              .formatted(strangers.get(0)));
    }
  }

  /** Examples that are certified, a lower bound of true robust accuracy. */
  public Rate certifiedAccuracy() {
    return new Rate(certified.size(), examples);
  }

  /** Examples that nothing has turned, an upper bound of true robust accuracy. */
  public Rate attackedAccuracy() {
    return new Rate(certified.size() + between.size(), examples);
  }

  /** Share of the examples that nobody knows about, in [0, 1]. */
  public double gap() {
    return (double) between.size() / examples;
  }

  /** A few lines for the console. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "certified %.2f %% <= true robust accuracy <= %.2f %% left by attacks%n",
            100 * certifiedAccuracy().value(),
            100 * attackedAccuracy().value()));
    text.append(
        String.format(
            Locale.ROOT,
            "gap %.2f points: %d of %d examples within %s neither certified nor turned%n",
            100 * gap(),
            between.size(),
            examples,
            threat));
    if (unfinished > 0) {
      text.append(
          String.format(Locale.ROOT, "%d of these were not attacked to the end%n", unfinished));
    }
    if (!between.isEmpty()) {
      List<String> named = between.stream().limit(NAMED).map(String::valueOf).toList();
      text.append("in between: ").append(String.join(", ", named));
      if (between.size() > NAMED) {
        text.append(", and ").append(between.size() - NAMED).append(" more");
      }
      text.append('\n');
    }
    return text.toString().replace("\r\n", "\n");
  }

  /**
   * As indented JSON: {@code {"threatModel": {"norm", "epsilon"}, "examples", "certifiedAccuracy",
   * "attackedAccuracy", "gap", "unfinished", "certified": [...], "between": [...]}}, accuracies as
   * shares, examples by position.
   */
  public String toJson() {
    JsonObject about = new JsonObject();
    about.addProperty("norm", threat.norm().toString());
    about.addProperty("epsilon", threat.epsilon());
    JsonObject json = new JsonObject();
    json.add("threatModel", about);
    json.addProperty("examples", examples);
    json.addProperty("certifiedAccuracy", certifiedAccuracy().value());
    json.addProperty("attackedAccuracy", attackedAccuracy().value());
    json.addProperty("gap", gap());
    json.addProperty("unfinished", unfinished);
    json.add("certified", positions(certified));
    json.add("between", positions(between));
    return new GsonBuilder().setPrettyPrinting().create().toJson(json);
  }

  private static JsonArray positions(List<Long> examples) {
    JsonArray array = new JsonArray();
    examples.forEach(array::add);
    return array;
  }
}
