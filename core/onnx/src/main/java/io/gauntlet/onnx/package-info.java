/**
 * ONNX files on the JVM: {@link io.gauntlet.onnx.OnnxModel} with gradients, {@link
 * io.gauntlet.onnx.OnnxRuntimeModel} for the scores of any file.
 *
 * <pre>
 * io.gauntlet:gauntlet-onnx
 * </pre>
 *
 * <pre>{@code
 * OnnxOptions options =
 *     OnnxOptions.standard()
 *         .withNormalisation(Normalisation.perChannel(
 *             List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f)));
 * try (OnnxModel model = OnnxModel.open(Path.of("vit.onnx"), options)) {
 *   RobustnessReport report =
 *       Robustness.of(model).under(ThreatModel.linf(8 / 255f)).attackedBy(Pgd.standard())
 *           .evaluate(examples);
 * }
 * }</pre>
 *
 * <p><b>How it works.</b> No engine on the JVM differentiates through ONNX. The graph is therefore
 * rewritten as a TorchScript module, once, while the file is opened: shapes are followed
 * symbolically in the size of the batch, so that arithmetic on shapes is gone before anything runs,
 * and one forward pass is one call of {@link io.gauntlet.djl.DjlModel}. The rewritten network is
 * then compared with ONNX Runtime on inputs drawn from the domain. A difference above {@link
 * io.gauntlet.onnx.OnnxOptions#tolerance} refuses the file; what remains is {@link
 * io.gauntlet.onnx.OnnxModel#largestDifference}.
 *
 * <table><caption>Operators with gradients, opsets 7 to 21</caption>
 * <tr><td>functions</td><td>Relu, LeakyRelu, PRelu, ThresholdedRelu, Elu, Celu, Selu, Gelu, Mish,
 * HardSwish, Sigmoid, HardSigmoid, Tanh, Softplus, Softsign, Softmax, LogSoftmax, Clip, Erf, Exp,
 * Log, Sqrt, Reciprocal, Abs, Neg, Sign, Floor, Ceil, Round, Sin, Cos, Not, Cast, Identity, Dropout
 * </td></tr>
 * <tr><td>arithmetic</td><td>Add, Sub, Mul, Div, Mod, Pow, Max, Min, Sum, Mean, Where, Equal, Greater,
 * GreaterOrEqual, Less, LessOrEqual, And, Or, Gemm, MatMul, Einsum</td></tr>
 * <tr><td>images</td><td>Conv, ConvTranspose, MaxPool, AveragePool, GlobalMaxPool,
 * GlobalAveragePool, Resize, Upsample, DepthToSpace, SpaceToDepth, LRN</td></tr>
 * <tr><td>normalisation</td><td>BatchNormalization, LayerNormalization, InstanceNormalization,
 * GroupNormalization, LpNormalization</td></tr>
 * <tr><td>reductions</td><td>ReduceMean, -Sum, -Max, -Min, -Prod, -L1, -L2, -SumSquare, -LogSum,
 * -LogSumExp, ArgMax, ArgMin</td></tr>
 * <tr><td>shapes</td><td>Reshape, Flatten, Squeeze, Unsqueeze, Transpose, Concat, Split, Slice,
 * Gather, GatherElements, Expand, Tile, Pad, Trilu, Shape, Size, Range, Constant, ConstantOfShape
 * </td></tr>
 * <tr><td>ai.onnx.ml</td><td>LinearClassifier, LinearRegressor, Scaler, Normalizer, Imputer,
 * ArrayFeatureExtractor, FeatureVectorizer; ZipMap and labels are left out</td></tr>
 * </table>
 *
 * <p><b>What is refused.</b> Any other operator, and forms of these that PyTorch has no counterpart
 * for: {@link io.gauntlet.onnx.UnsupportedOperatorException} lists all nodes at fault. Inputs that
 * are not 32-bit floats: a token's number has no derivative, so export a text model from its
 * embeddings on, {@code model(inputs_embeds=...)} in PyTorch, and attack those. More than one
 * input. Scores of another shape than (rows, classes). {@link io.gauntlet.onnx.OnnxRuntimeModel}
 * runs files with any operators, and with whole numbers as input.
 *
 * <p><b>Scores.</b> A network that ends in a softmax answers with probabilities, which hides
 * gradients. {@link io.gauntlet.onnx.OnnxOptions#withOutput} reads the scores in front of it: give
 * it the name of the softmax's input, as Netron shows it.
 *
 * <p><b>Batches.</b> Many files fix the batch to the one input that was at hand when they were
 * made. Where the graph allows it, such a network runs batched all the same; where not, inputs run
 * one by one. {@link io.gauntlet.onnx.OnnxModel#batching} says which, {@link
 * io.gauntlet.onnx.OnnxModel#batchingReason} why.
 *
 * <p><b>Trust.</b> Unlike TorchScript, a file is no program. Every length, size and path in it is
 * checked before it is used: nothing outside the file's folder is read, whatever paths or links
 * say, and nothing is allocated because a file says so. Refused as well is what would end the JVM:
 * functions without end or measure, division of whole numbers by -1, networks of more than 20,000
 * steps or 2^31 numbers for one input. What remains is what a graph computes in ONNX Runtime, whose
 * arithmetic on whole numbers, loops and memory nobody bounds, also while {@link
 * io.gauntlet.onnx.OnnxModel} is compared with it: give the files of strangers a process of their
 * own. The rewritten network goes through a temporary file, which is deleted at once. Nothing is
 * downloaded and nobody is called.
 *
 * <p><b>Java 24 and later</b> warn of native code unless started with {@code
 * --enable-native-access=ALL-UNNAMED}.
 */
@NullMarked
package io.gauntlet.onnx;

import org.jspecify.annotations.NullMarked;
