package io.gauntlet.onnx;

/** How an imported network takes several inputs at once. */
public enum Batching {
  /** The file leaves the size of the batch open. */
  FREE,
  /** The file fixes the size of the batch, but nothing in its graph needs that. */
  WIDENED,
  /** The file fixes the batch to one input and its graph needs that: inputs run one by one. */
  ONE_BY_ONE
}
