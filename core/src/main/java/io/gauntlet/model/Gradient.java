package io.gauntlet.model;

/**
 * What one forward and one backward pass give.
 *
 * @param logits shape (rows, classes)
 * @param losses shape (rows, 1)
 * @param byInput derivative of each example's loss by its own input, shape (rows, features)
 */
public record Gradient(Batch logits, Batch losses, Batch byInput) {}
