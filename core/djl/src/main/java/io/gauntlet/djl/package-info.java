/**
 * PyTorch models on the JVM: {@link io.gauntlet.djl.DjlModel} runs a DJL block or a TorchScript
 * file in libtorch and differentiates through it.
 *
 * <table><caption>What to start from</caption>
 * <tr><th>you have</th><th>call</th><th>trains?</th></tr>
 * <tr><td>a file that {@code torch.jit.script} or {@code torch.jit.trace} saved</td><td>{@link
 * io.gauntlet.djl.DjlModel#torchScript}</td><td>yes, if scripted</td></tr>
 * <tr><td>an architecture written with DJL</td><td>{@link io.gauntlet.djl.DjlModel#of(Block,
 * DjlOptions)}</td><td>yes, from a seed</td></tr>
 * <tr><td>a model that DJL has loaded already</td><td>{@link
 * io.gauntlet.djl.DjlModel#of(ai.djl.Model, DjlOptions)}</td><td>yes</td></tr>
 * </table>
 *
 * <pre>{@code
 * DjlOptions options =
 *     DjlOptions.of(Shape.of(3, 32, 32))
 *         .withNormalisation(Normalisation.perChannel(
 *             List.of(0.4914f, 0.4822f, 0.4465f), List.of(0.2470f, 0.2435f, 0.2616f)));
 * try (DjlModel model = DjlModel.torchScript(Path.of("resnet18.pt"), options)) {
 *   ...
 * }
 * }</pre>
 *
 * <p><b>Files.</b> Open only files that you trust: TorchScript is a program, and libtorch runs it.
 * Save with {@code torch.jit.script(net.eval()).save(path)}. A scripted network is evaluated in
 * evaluation mode even if it was saved in training mode. A <em>traced</em> network has its mode
 * burnt in: traced in training mode it drops out at random and mixes the rows of a batch for ever,
 * and nothing here can undo that; call {@code eval()} before {@code torch.jit.trace}.
 *
 * <p><b>Threads.</b> Any number of threads may ask one model for scores and gradients at once; each
 * call computes on its own thread with {@link io.gauntlet.djl.DjlOptions#threads} libtorch threads,
 * one by default. That setting, and the TorchScript optimiser being off (it would give other bits
 * on the third call than on the first), stay with the calling thread; libtorch has no way to undo
 * the second.
 *
 * <p><b>Network.</b> Nothing is downloaded and nobody is called: before libtorch starts, the system
 * properties {@code ai.djl.offline=true} and {@code OPT_OUT_TRACKING=true} are set, unless the
 * property or the environment variable of the same purpose ({@code DJL_OFFLINE}, {@code
 * OPT_OUT_TRACKING}) is there already. Code that touches DJL before this package does sets them
 * itself.
 *
 * <p><b>Randomness.</b> Weights come from {@link io.gauntlet.djl.DjlOptions#seed} alone. Dropout,
 * and initialisers that a block brings along, draw from the one generator that all of libtorch
 * shares; making a block's parameters and every training step seed it.
 *
 * <p><b>Java 24 and later</b> warn of native code unless started with {@code
 * --enable-native-access=ALL-UNNAMED}.
 *
 * <p><b>CUDA.</b> The natives that come with this module compute on the CPU, since no CUDA build of
 * libtorch 2.7.1 is published as a jar. To use {@code Device.gpu()} leave {@code
 * ai.djl.pytorch:pytorch-native-cpu} out and either let DJL download the natives, with {@code
 * -Dai.djl.offline=false}, or point it to those of a Python installation of torch 2.7.1:
 *
 * <pre>
 * PYTORCH_LIBRARY_PATH=/path/to/venv/lib/python3.12/site-packages/torch/lib
 * PYTORCH_VERSION=2.7.1
 * PYTORCH_FLAVOR=cu128
 * </pre>
 */
@NullMarked
package io.gauntlet.djl;

import ai.djl.nn.Block;
import org.jspecify.annotations.NullMarked;
