package io.gauntlet.attacks.gradient;

import io.gauntlet.model.Batch;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;

/**
 * Which way is up: the gradient of a loss, averaged over several answers of a randomised model.
 *
 * <p>Follows Athalye, Carlini, Wagner: <a href="https://arxiv.org/abs/1802.00420">Obfuscated
 * Gradients Give a False Sense of Security</a>, ICML 2018 (expectation over transformation).
 */
record Ascent(DifferentiableModel model, LogitLoss loss, int draws) {
  /** Mean logits, mean losses and mean gradient of {@code draws} answers. */
  Gradient at(Batch x) {
    Gradient sum = model.gradient(x, loss);
    for (int draw = 1; draw < draws; draw++) {
      Gradient more = model.gradient(x, loss);
      sum =
          new Gradient(
              sum.logits().plus(more.logits()),
              sum.losses().plus(more.losses()),
              sum.byInput().plus(more.byInput()));
    }
    if (draws == 1) {
      return sum;
    }
    float share = 1f / draws;
    return new Gradient(
        sum.logits().times(share), sum.losses().times(share), sum.byInput().times(share));
  }
}
