package io.gauntlet.model;

/** A model whose features come from another one; {@link Models#withFeatures} pairs them. */
record FeaturedModel(Model model, Model features) implements FeatureModel, FrontModel {
  FeaturedModel {
    if (!model.inputShape().equals(features.inputShape())) {
      throw new IllegalArgumentException(
          "a model of inputs %s needs features of the same, but they take %s"
              .formatted(model.inputShape(), features.inputShape()));
    }
  }

  @Override
  public Model behind() {
    return model;
  }

  @Override
  public Batch logits(Batch inputs) {
    return model.logits(inputs);
  }

  @Override
  public String fingerprint() {
    return "%s with features of %s".formatted(model.fingerprint(), features.fingerprint());
  }
}
