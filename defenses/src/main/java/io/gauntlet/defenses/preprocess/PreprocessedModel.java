package io.gauntlet.defenses.preprocess;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.DefendedModel;
import io.gauntlet.model.DifferentiableModel;
import io.gauntlet.model.FrontModel;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Model;
import io.gauntlet.random.Seed;
import java.util.List;

/**
 * A net that sees its inputs through preprocessings.
 *
 * <p>Attackers who know them go forwards through the real ones and back through their derivatives
 * or what stands for those (Athalye, Carlini, Wagner: <a
 * href="https://arxiv.org/abs/1802.00420">Obfuscated Gradients Give a False Sense of Security</a>,
 * ICML 2018: BPDA and, over draws, EOT); attackers who do not, differentiate the net.
 *
 * <p>Where a preprocessing is random, every question about an example draws afresh. The n-th
 * question about an example draws the same in every run of a newly made model, whatever the batch,
 * the order of the examples and the thread; a model that has answered before goes on where it was,
 * and an evaluation resumed from a checkpoint therefore draws otherwise than one in a single piece.
 * Attackers draw from streams of their own: what they find must hold for draws they have not seen.
 */
public final class PreprocessedModel implements DefendedModel, FrontModel {
  private static final int DRAWS = 10;

  private final DifferentiableModel net;
  private final Preprocessor preprocessor;
  private final int draws;
  private final Seed seed;
  private final Draws own;

  private PreprocessedModel(
      DifferentiableModel net, Preprocessor preprocessor, int draws, Seed seed) {
    this.net = net;
    this.preprocessor = preprocessor;
    this.draws = draws;
    this.seed = seed;
    own = new Draws(seed.derive(0));
  }

  /**
   * A net behind these preprocessings, whose attackers average over ten draws where one is random.
   *
   * @param net behind them; its domain may be any
   * @param stages first to last; at least one
   * @throws IllegalArgumentException if a stage is made for images and the net's inputs are none
   */
  public static PreprocessedModel of(DifferentiableModel net, Preprocessing... stages) {
    return new PreprocessedModel(net, Preprocessor.of(net, List.of(stages)), DRAWS, Seed.of(0));
  }

  /**
   * The same, before it has drawn, whose attackers average over this many draws.
   *
   * @param newDraws at least 1; left alone where nothing is random
   */
  public PreprocessedModel withDraws(int newDraws) {
    Check.atLeast(1, newDraws, "draws");
    return new PreprocessedModel(net, preprocessor, newDraws, seed);
  }

  /** The same, before it has drawn, with another seed than 0. */
  public PreprocessedModel withSeed(Seed newSeed) {
    return new PreprocessedModel(net, preprocessor, draws, newSeed);
  }

  @Override
  public Model behind() {
    return net;
  }

  @Override
  public String fingerprint() {
    return "%s behind %s, %s".formatted(net.fingerprint(), preprocessor.stages(), seed);
  }

  @Override
  public Batch logits(Batch inputs) {
    Batch seen = preprocessor.apply(inputs, own.next(inputs)).outputs();
    return inputs.answeredBy(net.logits(seen));
  }

  /** The real preprocessings forwards, {@link Preprocessing#pullBack} backwards. */
  @Override
  public DifferentiableModel adaptive(Labels labels) {
    return new ExpectedModel(
        net, preprocessor, preprocessor.isRandom() ? draws : 1, new Draws(seed.derive(1)));
  }

  /** The net without any preprocessing. */
  @Override
  public DifferentiableModel naive() {
    return net;
  }

  @Override
  public String route() {
    return preprocessor.isRandom()
        ? "%s; EOT, mean over %s draws".formatted(preprocessor.route(), draws)
        : preprocessor.route();
  }

  @Override
  public String toString() {
    return preprocessor.stages().toString();
  }
}
