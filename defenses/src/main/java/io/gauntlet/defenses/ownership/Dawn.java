package io.gauntlet.defenses.ownership;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gauntlet.defenses.OutputGuard;
import io.gauntlet.defenses.Query;
import io.gauntlet.defenses.postprocess.NoiseKey;
import io.gauntlet.model.Batch;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A watermark that thieves train in themselves: a small share of inputs, which only the key tells,
 * is answered with a wrong class, and what each client was told is remembered.
 *
 * <p>Follows Szyller, Atli, Marchal, Asokan: <a href="https://arxiv.org/abs/1906.00830">DAWN:
 * Dynamic Adversarial Watermarking of Neural Networks</a>, ACM Multimedia 2021. Differs from it in
 * three ways. Inputs that are nearly one are found by rounding instead of by an embedding. The
 * largest probability changes places with that of the wrong class, so that scores look natural. And
 * beside the wrong answers some right ones are remembered, as controls for an exact test.
 *
 * <p>Who asks again, under whatever name, gets the same answer: nothing averages out. Hence clients
 * who ask the same inputs carry the same marks, and on these the evidence does not tell one from
 * the other. Honest clients lose {@link DawnSettings#share} of the right answers; {@code
 * Utility.of(model, examples, dawn)} measures it.
 *
 * <p>State is by client and bounded; see {@link DawnSettings}. A client who is not heard of while
 * many others are is forgotten: keep its {@link #watermark} elsewhere from time to time.
 *
 * <p><b>An adaptive thief</b> trains a first copy briefly, drops the answers that it disagrees
 * with, and with them the marks, and trains again; asks under many names, each of which has too few
 * marks to convict; or does not train for long enough to learn exceptions.
 */
public final class Dawn implements OutputGuard {
  private final DawnSettings settings;
  private final NoiseKey key;
  private final Cache<String, Ledger> ledgers;

  private Dawn(DawnSettings settings, NoiseKey key) {
    this.settings = settings;
    this.key = key;
    ledgers = Caffeine.newBuilder().maximumSize(settings.clients()).executor(Runnable::run).build();
  }

  /**
   * A guard that remembers nobody yet.
   *
   * @param key decides which inputs are answered wrongly, and how; of no other guard
   */
  public static Dawn of(DawnSettings settings, NoiseKey key) {
    return new Dawn(settings, key);
  }

  @Override
  public Batch apply(Query query, Batch probabilities) {
    Ledger ledger = ledgers.get(query.client(), name -> new Ledger(settings));
    return probabilities.editRows(
        (i, p) -> {
          float[] input = query.inputs().row(i);
          RandomGenerator draw = key.ofInput(input, settings.grid()).forExample(0);
          double lot = draw.nextDouble();
          int right = probabilities.argmax(i);
          int wrong = (right + 1 + draw.nextInt(p.length - 1)) % p.length;
          if (lot < settings.share()) {
            float largest = p[right];
            p[right] = p[wrong];
            p[wrong] = largest;
            ledger.mark(lot, input, wrong);
          } else if (lot < settings.share() * (1 + settings.controls())) {
            ledger.control(lot, input, wrong);
          }
        });
  }

  /** What a client has been told so far; empty where there is nothing or it has been forgotten. */
  public Optional<Watermark> watermark(String client) {
    return Optional.ofNullable(ledgers.getIfPresent(client))
        .flatMap(ledger -> ledger.watermark(client));
  }

  long clientsHeld() {
    ledgers.cleanUp();
    return ledgers.estimatedSize();
  }

  @Override
  public String toString() {
    return "Dawn" + settings;
  }
}
