/**
 * Networks of ND4J: {@link io.gauntlet.nd4j.NetworkModel} runs what DL4J built, {@link
 * io.gauntlet.nd4j.SameDiffModel} a SameDiff graph.
 *
 * <table><caption>What to start from</caption>
 * <tr><th>you have</th><th>call</th></tr>
 * <tr><td>a {@code MultiLayerNetwork} or a {@code ComputationGraph}</td><td>{@link
 * io.gauntlet.nd4j.NetworkModel#of(MultiLayerNetwork, Nd4jOptions)}</td></tr>
 * <tr><td>a zip that {@code ModelSerializer} wrote</td><td>{@link
 * io.gauntlet.nd4j.NetworkModel#open}</td></tr>
 * <tr><td>a {@code SameDiff} graph</td><td>{@link io.gauntlet.nd4j.SameDiffModel#of}</td></tr>
 * <tr><td>a file that {@code SameDiff.save} wrote</td><td>{@link
 * io.gauntlet.nd4j.SameDiffModel#open(Path, Nd4jOptions)}</td></tr>
 * </table>
 *
 * <pre>{@code
 * Nd4jOptions options = Nd4jOptions.of(Shape.of(1, 28, 28));
 * NetworkModel lenet = NetworkModel.open(Path.of("lenet.zip"), options);
 *
 * SameDiff graph = SameDiff.load(new File("classifier.fb"), false);
 * SameDiffModel model =
 *     SameDiffModel.of(graph, "input", "logits", Nd4jOptions.of(Shape.of(784)));
 * }</pre>
 *
 * <p><b>Natives.</b> This module brings ND4J's API and DL4J, but no backend: add the one you run
 * on, in the same version, 1.0.0-M2.1. For the CPU:
 *
 * <pre>{@code
 * <dependency>
 *   <groupId>org.nd4j</groupId>
 *   <artifactId>nd4j-native-platform</artifactId>
 *   <version>1.0.0-M2.1</version>
 * </dependency>
 * }</pre>
 *
 * <p>That is 727 MB for all platforms. {@code mvn -Djavacpp.platform=linux-x86_64} makes it 132,
 * but only from the command line or {@code .mvn/maven.config}: as a property of a pom it has no
 * effect. There, name the classifiers as the pom of this module does for its tests: {@code
 * nd4j-native} and {@code openblas} (0.3.19-1.5.7), each with and without {@code linux-x86_64}.
 * There are none for 64-bit ARM among those of the platform artifact.
 *
 * <p><b>CUDA.</b> Put {@code nd4j-cuda-11.6-platform} in the place of {@code nd4j-native-platform};
 * nothing here changes, and nothing here has been run on it. Convolutions, pooling and batch norm
 * then come from cuDNN, if its jars are there, and the self-check is worth its time twice.
 *
 * <p><b>What is made right.</b> ND4J gets gradients silently wrong that this package gets right:
 *
 * <ul>
 *   <li>DL4J goes back through dropout, noise on weights and batch norm as if in training. Here
 *       they are in inference mode both ways; frozen layers are gone back through too.
 *   <li>In inference mode DL4J's activation layers write over the inputs that the way back needs.
 *       Here they do not.
 *   <li>SameDiff has no derivative of batch norm and applies dropout in inference. Here batch norm
 *       is written out as arithmetic and inverted dropout left out.
 *   <li>Sessions of SameDiff grow for ever, and networks of DL4J mix up threads. Here callers take
 *       turns, and sessions are cleared after every call.
 *   <li>A softmax or sigmoid at the end hides the logits. Here it is taken off.
 * </ul>
 *
 * <p><b>What is refused</b>, by a {@link io.gauntlet.model.ModelException} that names the layer or
 * operation:
 *
 * <ul>
 *   <li>in SameDiff: kernels in another layout than YXIO, whose gradients are wrong wherever shapes
 *       happen to fit; {@code preciseGelu}, whose derivative is wrong; {@code gather}, {@code
 *       prelu}, {@code logSumExp}, {@code logSoftmax} along a named dimension and resized images,
 *       which have none that works; dropout that is not inverted; control flow; more placeholders
 *       than one;
 *   <li>in DL4J: output layers other than {@code OutputLayer} and {@code LossLayer}; RReLU; more
 *       inputs or outputs than one;
 *   <li>numbers other than FLOAT and DOUBLE, a single score, and whatever does not pass the
 *       self-check.
 * </ul>
 *
 * <p><b>Training.</b> Both kinds learn by their own updaters, take a learning rate from outside,
 * and can be put aside and taken up again to the last bit: parameters, what updaters remember,
 * counts of steps, the place in the stream that dropout draws from. A state is that of one network
 * and its updaters; any other refuses it. What ND4J cannot run cannot be trained: SameDiff's
 * dropout, {@code AdaBelief}.
 *
 * <p><b>Self-check.</b> Before a network becomes a model it must repeat itself, answer a row alone
 * as among others, and have gradients that are the slopes of its scores; see {@link
 * io.gauntlet.model.SelfCheck}. If it does not, the message names the first layer or operation
 * after which it does not. The check also finds the {@code onednn} classifiers of nd4j-native,
 * under which {@code linear} is wrong on every second call. It costs about forty small calls;
 * {@link io.gauntlet.nd4j.Nd4jOptions#withoutSelfCheck} does without.
 *
 * <p><b>Files.</b> Sizes that lie, cut-off files and Java objects in zips do no harm. But a file
 * can still describe a network that ND4J's natives, which check little, cannot survive: open only
 * files that you trust. A normaliser in a zip is not applied.
 *
 * <p><b>Threads.</b> Set the environment variable {@code OMP_NUM_THREADS=1}: more threads make
 * small networks no faster, and much slower on a machine that others use too. To use more cores
 * make one model for each.
 *
 * <p><b>Noise.</b> While a graph is being differentiated SameDiff prints a line for every operation
 * to standard output, and natives print their errors there.
 *
 * <p><b>Java 24 and later</b> warn of native code unless started with {@code
 * --enable-native-access=ALL-UNNAMED}, and of ND4J's use of {@code sun.misc.Unsafe} unless with
 * {@code --sun-misc-unsafe-memory-access=allow}.
 */
@NullMarked
package io.gauntlet.nd4j;

import java.nio.file.Path;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.NullMarked;
