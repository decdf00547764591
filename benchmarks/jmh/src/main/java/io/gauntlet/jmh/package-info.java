/**
 * Time: what the gradient loops cost, and what Gauntlet adds to the passes of the engine.
 *
 * <table><caption>Benchmarks</caption>
 * <tr><th>class</th><th>measures</th></tr>
 * <tr><td>{@link io.gauntlet.jmh.PassBenchmark}</td><td>forward, forward and backward, one PGD step,
 * by backend, network and batch</td></tr>
 * <tr><td>{@link io.gauntlet.jmh.PgdBenchmark}</td><td>PGD-40 beside 40 bare passes, with and without
 * early stop</td></tr>
 * <tr><td>{@link io.gauntlet.jmh.ShardingBenchmark}</td><td>two workers of one thread beside one worker
 * of two threads</td></tr>
 * <tr><td>{@link io.gauntlet.jmh.OnnxBenchmark}</td><td>the same network from an ONNX and from a
 * TorchScript file, and the import</td></tr>
 * <tr><td>{@link io.gauntlet.jmh.EnginesBenchmark}</td><td>the same weights in libtorch, SameDiff and
 * DL4J</td></tr>
 * <tr><td>{@link io.gauntlet.jmh.StemBenchmark}</td><td>the way back through a first convolution, ours
 * and libtorch's</td></tr>
 * <tr><td>{@link io.gauntlet.jmh.GuardBenchmark}</td><td>what guards add to a query, beside the CNN
 * they stand in front of</td></tr>
 * </table>
 *
 * <p>{@link io.gauntlet.jmh.Suite} runs those named by {@code jmh.classes} and writes the results
 * file.
 */
@NullMarked
package io.gauntlet.jmh;

import org.jspecify.annotations.NullMarked;
