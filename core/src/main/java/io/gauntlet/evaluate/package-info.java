/**
 * The evaluation: runs attacks, re-measures everything they return, and keeps the worst outcome of
 * each example.
 *
 * <p>{@link io.gauntlet.evaluate.Robustness} starts one, {@link
 * io.gauntlet.evaluate.RobustnessReport} is what it gives. How it works:
 *
 * <ul>
 *   <li>The examples are cut into micro-batches and handed to one worker per core (as many as
 *       {@link io.gauntlet.model.Concurrency} allows), each with one thread of the engine. Measured
 *       with a small CNN, that is the faster way at batches of 16 and 64, and equal at larger ones;
 *       on a machine that others use too, threads that wait for each other lose far more.
 *   <li>Attacks run one after the other, each on the examples that are still standing.
 *   <li>Between attack and model stands a meter: it checks every answer (finite, one row per input,
 *       one score per class), counts every pass for every example, and stops at the limits.
 *   <li>What an attack returns is measured again: size, domain, and the model's own prediction. A
 *       narrow success is confirmed on the example alone.
 * </ul>
 *
 * <p><b>The same answer.</b> Random draws depend on the seed and on the position of the example, so
 * batch size, workers and order do not change them. On a model whose arithmetic does not depend on
 * the batch, reports are bit-identical. PyTorch picks other kernels for other batch sizes, whose
 * last bits differ; an example within float rounding of the boundary may then end differently. In
 * the tests that is below one example in a thousand.
 */
@NullMarked
package io.gauntlet.evaluate;

import org.jspecify.annotations.NullMarked;
