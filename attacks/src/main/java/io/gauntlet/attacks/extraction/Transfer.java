package io.gauntlet.attacks.extraction;

/**
 * What a copy is worth to whoever attacks the victim through it: adversarial examples crafted on
 * the copy, brought to the victim. Counts those held-out examples that the two answer alike.
 *
 * @param fooled adversarial examples that the copy answers otherwise than the clean ones
 * @param transferred those that the victim answers otherwise than the clean ones
 * @param agreement those that copy and victim answer alike: fidelity off the data
 */
public record Transfer(Share fooled, Share transferred, Share agreement) {}
