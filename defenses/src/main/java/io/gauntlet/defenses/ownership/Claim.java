package io.gauntlet.defenses.ownership;

import io.gauntlet.model.Model;
import io.gauntlet.model.ModelException;

/**
 * Something that only the owner knows of a model, to be looked for in another one.
 *
 * <p>Whatever a claim compares the suspect with was drawn at random by the owner, and the p-value
 * is over that draw: it holds for every suspect that does not depend on it, whatever the suspect's
 * accuracy and its favourite classes. It does not hold for a secret that was chosen after a look at
 * the suspect; whoever is to be convinced asks for the digest of the secret from before.
 */
public interface Claim {
  /**
   * Questions the suspect; needs no more of its answers than the class, unless the claim says so.
   *
   * @throws IllegalArgumentException if the suspect has other features or fewer classes
   * @throws ModelException if the suspect's answer is none
   */
  Evidence verify(Model suspect);
}
