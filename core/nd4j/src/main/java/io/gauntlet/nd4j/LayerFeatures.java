package io.gauntlet.nd4j;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.Model;
import io.gauntlet.model.Shape;

/** What enters the last layer of a network, in place of its logits. */
final class LayerFeatures implements Model {
  private final Driver driver;
  private final Layers layers;
  private final int units;

  private LayerFeatures(Driver driver, Layers layers, int units) {
    this.driver = driver;
    this.layers = layers;
    this.units = units;
  }

  static LayerFeatures of(Driver driver, Layers layers) {
    float[] legal = new float[driver.inputShape().size()];
    for (int j = 0; j < legal.length; j++) {
      legal[j] = driver.domain().clip(j, 0);
    }
    int units = driver.answered(Batch.of(legal), 0, layers::features).width();
    return new LayerFeatures(driver, layers, units);
  }

  @Override
  public Shape inputShape() {
    return driver.inputShape();
  }

  @Override
  public Domain domain() {
    return driver.domain();
  }

  /** Units of the layer. */
  @Override
  public int classes() {
    return units;
  }

  @Override
  public Concurrency concurrency() {
    return driver.concurrency();
  }

  @Override
  public String fingerprint() {
    return "features of NetworkModel[sha256=%s]".formatted(driver.fingerprint());
  }

  @Override
  public Batch logits(Batch inputs) {
    return driver.answered(inputs, units, layers::features);
  }
}
