package io.gauntlet.model;

/** A model whose features come from another one; {@link Models#withFeatures} pairs them. */
record FeaturedModel(Model model, Model features) implements FeatureModel {
  FeaturedModel {
    if (!model.inputShape().equals(features.inputShape())) {
      throw new IllegalArgumentException(
          "a model of inputs %s needs features of the same, but they take %s"
              .formatted(model.inputShape(), features.inputShape()));
    }
  }

  @Override
  public Shape inputShape() {
    return model.inputShape();
  }

  @Override
  public Domain domain() {
    return model.domain();
  }

  @Override
  public int classes() {
    return model.classes();
  }

  @Override
  public Batch logits(Batch inputs) {
    return model.logits(inputs);
  }

  @Override
  public Concurrency concurrency() {
    return model.concurrency();
  }

  @Override
  public String fingerprint() {
    return "%s with features of %s".formatted(model.fingerprint(), features.fingerprint());
  }
}
