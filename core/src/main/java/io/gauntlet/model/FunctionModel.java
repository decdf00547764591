package io.gauntlet.model;

/** A model that is a plain function; {@link Models} makes it. */
public final class FunctionModel implements Model {
  private final String name;
  private final Shape inputShape;
  private final Domain domain;
  private final int classes;
  private final Concurrency concurrency;
  private final Models.Scores function;

  FunctionModel(
      String name,
      Shape inputShape,
      Domain domain,
      int classes,
      Concurrency concurrency,
      Models.Scores function) {
    Check.atLeast(2, classes, "classes");
    domain.check(Batch.wrap(inputShape.size(), new float[0])); // as many ranges as features
    this.name = name;
    this.inputShape = inputShape;
    this.domain = domain;
    this.classes = classes;
    this.concurrency = concurrency;
    this.function = function;
  }

  /**
   * The same function driven in another way; by default it is called by one thread at a time, with
   * 64 examples.
   */
  public FunctionModel withConcurrency(Concurrency newConcurrency) {
    return new FunctionModel(name, inputShape, domain, classes, newConcurrency, function);
  }

  @Override
  public Shape inputShape() {
    return inputShape;
  }

  @Override
  public Domain domain() {
    return domain;
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public Concurrency concurrency() {
    return concurrency;
  }

  @Override
  public String fingerprint() {
    return name;
  }

  @Override
  public Batch logits(Batch inputs) {
    if (inputs.width() != inputShape.size()) {
      throw new IllegalArgumentException(
          "inputs must have %s values in a row, but had %s"
              .formatted(inputShape.size(), inputs.width()));
    }
    return inputs.rows() == 0
        ? inputs.withValues(classes, new float[0])
        : checked(inputs, answer(inputs));
  }

  private float[][] answer(Batch inputs) {
    float[][] rows = new float[inputs.rows()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = inputs.row(i);
    }
    try {
      return function.of(rows);
    } catch (ModelException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(inputs, e);
    } catch (Exception e) {
      throw failure(inputs, e);
    }
  }

  private ModelException failure(Batch inputs, Exception cause) {
    return new ModelException(
        "%s must answer %s, but failed: %s".formatted(name, inputs, cause), cause);
  }

  @SuppressWarnings("NullAway") // functions come from libraries that know no nullness
  private Batch checked(Batch inputs, float[][] scores) {
    if (scores == null || scores.length != inputs.rows()) {
      throw new ModelException(
          "%s must answer one row of scores for each of %s inputs, but answered %s"
              .formatted(name, inputs.rows(), scores == null ? "null" : scores.length));
    }
    float[] flat = new float[Math.multiplyExact(scores.length, classes)];
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] == null || scores[i].length != classes) {
        throw new ModelException(
            "%s must answer %s scores for each input, but answered %s for example %s"
                .formatted(
                    name,
                    classes,
                    scores[i] == null ? "null" : scores[i].length,
                    inputs.example(i)));
      }
      for (int k = 0; k < classes; k++) {
        if (!Float.isFinite(scores[i][k])) {
          throw new ModelException(
              "every score must be finite, but score %s of example %s was %s"
                  .formatted(k, inputs.example(i), scores[i][k]));
        }
        flat[i * classes + k] = scores[i][k];
      }
    }
    return inputs.withValues(classes, flat);
  }
}
