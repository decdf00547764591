package io.gauntlet.defenses.ownership;

import io.gauntlet.model.Model;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * A fingerprint that costs training nothing: a model is surer of what it was trained on, and a copy
 * takes that over even where it has never seen the data.
 *
 * <p>Follows Maini, Yaghini, Papernot: <a href="https://arxiv.org/abs/2104.10706">Dataset
 * Inference: Ownership Resolution in Machine Learning</a>, ICLR 2021. Differs from it in two ways.
 * One number is measured of each example, how far the true class leads, where the authors train a
 * regression on the distances to all classes. And their t-test, which takes these numbers for
 * normal, is an exact one: of all examples that are surer than the median of both parts, how many
 * are members?
 *
 * <p>The null hypothesis is a suspect that does not depend on which part an example fell into. The
 * lot is the random part, so that number is hypergeometric whatever the suspect is. Parts that were
 * not drawn by lot, such as years, differ for every model and accuse the innocent (Szyller, Zhang,
 * Liu, Asokan: <a href="https://arxiv.org/abs/2210.13631">On the Robustness of Dataset
 * Inference</a>, TMLR 2023). It shows that the suspect knows of the members, not whether through
 * the model: who was given the data lawfully, or found it in public, is convicted as well.
 *
 * <p><b>An adaptive thief</b> lowers what the copy is surer of, by regularisation or by fine-tuning
 * on much data of his own. A model that generalises perfectly has no such fingerprint.
 *
 * @param split the owner's data; members beyond a few thousand add cost rather than proof
 * @param certainty how it is measured
 */
public record DatasetInference(RandomSplit split, Certainty certainty) implements Claim {
  /** From the suspect's scores. */
  public static DatasetInference of(RandomSplit split) {
    return new DatasetInference(split, new Certainty.Scores());
  }

  /** The same measured in another way. */
  public DatasetInference withCertainty(Certainty newCertainty) {
    return new DatasetInference(split, newCertainty);
  }

  /** Matches are the members that the suspect is surer of than of half of all examples. */
  @Override
  public Evidence verify(Model suspect) {
    double[] members = certainty.of(suspect, split.members());
    double[] heldOut = certainty.of(suspect, split.heldOut());
    double median = median(members, heldOut);
    return Evidence.againstControls(
        above(median, members), members.length, above(median, heldOut), heldOut.length);
  }

  private static double median(double[] some, double[] others) {
    double[] all = DoubleStream.concat(Arrays.stream(some), Arrays.stream(others)).toArray();
    Arrays.sort(all);
    return all[(all.length - 1) / 2];
  }

  private static int above(double threshold, double[] values) {
    return (int) Arrays.stream(values).filter(value -> value > threshold).count();
  }
}
