package io.gauntlet.defenses.incident;

import io.gauntlet.evaluate.Rate;
import java.util.Optional;

/**
 * What a model was measured to do, on examples that it was not trained on.
 *
 * @param model names it, best by its fingerprint
 * @param accuracy clean examples that it answers rightly
 * @param attackSuccess triggered examples of other classes that it takes for the wanted one; empty
 *     where nobody knows the trigger
 */
public record ModelState(String model, Rate accuracy, Optional<Rate> attackSuccess) {}
