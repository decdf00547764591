package io.gauntlet.model;

/**
 * Models from plain functions: whatever answers in Java, such as a tree ensemble, can be attacked.
 * They have no gradients, so only black-box attacks fit; {@link Mlp} is the plain model that has.
 *
 * <pre>{@code
 * Model model =
 *     Models.of(
 *         "churn.xgb of 2026-03-01", Shape.of(30), domain, 2,
 *         rows -> booster.predict(matrix(rows), true, 0));
 * }</pre>
 */
public final class Models {
  private Models() {}

  /** Scores of some inputs. */
  @FunctionalInterface
  public interface Scores {
    /**
     * One row of scores for each input, in order.
     *
     * @param inputs one row of features for each; the function's own, to change as it likes
     */
    float[][] of(float[][] inputs) throws Exception;
  }

  /** Classes of some inputs. */
  @FunctionalInterface
  public interface Decisions {
    /**
     * The class of each input, in order.
     *
     * @param inputs one row of features for each; the function's own, to change as it likes
     */
    int[] of(float[][] inputs) throws Exception;
  }

  /**
   * A model that answers with scores.
   *
   * @param name names the weights too, as with a digest or a date: it is the fingerprint, and two
   *     models of one name are taken for each other by a checkpoint
   * @param inputShape shape of one example
   * @param domain legal values of the features
   * @param classes scores in a row; at least 2
   * @param scores what it throws becomes a {@link ModelException}
   */
  public static FunctionModel of(
      String name, Shape inputShape, Domain domain, int classes, Scores scores) {
    return new FunctionModel(
        name, inputShape, domain, classes, Concurrency.SINGLE_THREADED, scores);
  }

  /**
   * A model that answers with nothing but a class: its score is 1, that of every other class 0.
   * Attacks that follow scores see no slope there, and the report says so; those that need the
   * decision alone fit.
   *
   * @param name names the weights too, as with a digest or a date: it is the fingerprint, and two
   *     models of one name are taken for each other by a checkpoint
   * @param inputShape shape of one example
   * @param domain legal values of the features
   * @param classes number of classes; at least 2
   * @param decisions classes from 0 to {@code classes - 1}; what it throws becomes a {@link
   *     ModelException}
   */
  public static FunctionModel ofLabels(
      String name, Shape inputShape, Domain domain, int classes, Decisions decisions) {
    return of(name, inputShape, domain, classes, inputs -> oneHot(decisions.of(inputs), classes));
  }

  /**
   * A model whose penultimate layer another model answers, such as an ONNX or TorchScript file that
   * was exported up to that layer, or a second output behind a URL.
   *
   * @param features answers what enters the last layer of {@code model}, in place of logits
   * @throws IllegalArgumentException if the two take inputs of different shapes
   */
  public static FeatureModel withFeatures(Model model, Model features) {
    return new FeaturedModel(model, features);
  }

  @SuppressWarnings("NullAway") // functions come from libraries that know no nullness
  private static float[][] oneHot(int[] answers, int classes) {
    if (answers == null) {
      return null; // refused like any other answer
    }
    float[][] scores = new float[answers.length][classes];
    for (int i = 0; i < answers.length; i++) {
      if (answers[i] < 0 || answers[i] >= classes) {
        throw new ModelException(
            "every answer must be a class from 0 to %s, but answer %s was %s"
                .formatted(classes - 1, i, answers[i]));
      }
      scores[i][answers[i]] = 1;
    }
    return scores;
  }
}
