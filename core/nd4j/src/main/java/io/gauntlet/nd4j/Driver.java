package io.gauntlet.nd4j;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Concurrency;
import io.gauntlet.model.Domain;
import io.gauntlet.model.ForwardPass;
import io.gauntlet.model.Gradient;
import io.gauntlet.model.LogitLoss;
import io.gauntlet.model.ModelException;
import io.gauntlet.model.ResumableModel;
import io.gauntlet.model.ScheduledModel;
import io.gauntlet.model.Shape;
import java.util.Arrays;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A {@link Network} as the model it is: checked, counted in rows, one caller at a time. */
final class Driver implements ScheduledModel, ResumableModel {
  private static final String TRAINING = "the training step failed";

  /** Everybody takes turns: neither SameDiff nor DL4J promises anything to several threads. */
  private final Lock turn = new ReentrantLock();

  private final Network network;
  private final Nd4jOptions options;
  private final int classes;
  private int steps; // of training
  private int changes; // of the parameters
  private @Nullable Pass latest; // what the network's last forward run belongs to
  private @Nullable String digest;

  Driver(Network network, Nd4jOptions options) {
    this.network = network;
    this.options = options;
    float[] legal = new float[options.inputShape().size()];
    for (int j = 0; j < legal.length; j++) {
      legal[j] = options.domain().clip(j, 0);
    }
    classes = run(Batch.of(legal)).width();
  }

  @Override
  public Shape inputShape() {
    return options.inputShape();
  }

  @Override
  public Domain domain() {
    return options.domain();
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public Concurrency concurrency() {
    return new Concurrency(1, 64, true);
  }

  @Override
  public String fingerprint() {
    return inTurn(
        () -> {
          String known = digest == null ? network.digest() : digest;
          digest = known;
          return known;
        });
  }

  @Override
  public Batch logits(Batch inputs) {
    return answered(inputs, classes, network::forward);
  }

  /**
   * What a part of the network makes of the inputs.
   *
   * @param units in a row of the answer
   * @param part answers shape (rows, units), the caller's to close
   */
  Batch answered(Batch inputs, int units, UnaryOperator<INDArray> part) {
    checkWidth(inputs);
    if (inputs.rows() == 0) {
      return new EmptyPass(inputs, units, inputShape().size()).logits();
    }
    turn.lock();
    try {
      return run(inputs, part);
    } finally {
      forget();
      turn.unlock();
    }
  }

  @Override
  public ForwardPass forward(Batch inputs) {
    checkWidth(inputs);
    if (inputs.rows() == 0) {
      return new EmptyPass(inputs, classes, inputShape().size());
    }
    turn.lock();
    try {
      Pass pass = new Pass(inputs, run(inputs));
      latest = pass;
      return pass;
    } finally {
      turn.unlock();
    }
  }

  @Override
  public Gradient gradient(Batch inputs, LogitLoss loss) {
    turn.lock(); // so that the way back finds the forward run still there
    try {
      return ScheduledModel.super.gradient(inputs, loss);
    } finally {
      turn.unlock();
    }
  }

  @Override
  public double train(Batch inputs, LogitLoss loss) {
    turn.lock();
    try {
      Batch logits = beginStep(inputs);
      Batch losses = loss.values(logits);
      double sum = 0;
      for (int i = 0; i < losses.rows(); i++) {
        sum += losses.get(i, 0);
      }
      INDArray byLogit = ofMean(loss, logits);
      tried(
          TRAINING,
          () -> {
            network.learner().learn(byLogit);
            return byLogit;
          });
      return sum / losses.rows();
    } finally {
      turn.unlock();
    }
  }

  @Override
  public Gradient trainAndDifferentiate(Batch inputs, LogitLoss loss) {
    turn.lock();
    try {
      if (!learner().goesBackToInputs()) {
        return ScheduledModel.super.trainAndDifferentiate(inputs, loss);
      }
      Batch logits = beginStep(inputs);
      Batch losses = loss.values(logits);
      INDArray byLogit = ofMean(loss, logits);
      INDArray back = tried(TRAINING, () -> network.learner().learnAndDifferentiate(byLogit));
      Batch byInput = inputs.withValues(inputs.width(), Rows.take(back));
      return new Gradient(logits, losses, byInput.times(inputs.rows())); // each of its own loss
    } finally {
      turn.unlock();
    }
  }

  private Batch beginStep(Batch inputs) {
    checkWidth(inputs);
    if (inputs.rows() == 0) {
      throw new IllegalArgumentException("a training step needs at least 1 row, but had 0");
    }
    parametersChange();
    Nd4j.getRandom().setSeed(options.seed().derive(steps++).root());
    return scores(inputs, tried(TRAINING, () -> network.learner().forward(array(inputs))));
  }

  private void parametersChange() {
    latest = null;
    digest = null;
    changes++;
  }

  private INDArray ofMean(LogitLoss loss, Batch logits) {
    return weights(loss.gradient(logits).times(1f / logits.rows()));
  }

  private Learner learner() {
    return tried("the network cannot be trained", network::learner);
  }

  @Override
  public float learningRate() {
    return inTurn(() -> learner().learningRate());
  }

  @Override
  public void setLearningRate(float learningRate) {
    Check.nonNegative(learningRate, "learningRate");
    turn.lock();
    try {
      learner().setLearningRate(learningRate);
    } finally {
      turn.unlock();
    }
  }

  @Override
  public byte[] trainingState() {
    return inTurn(() -> learner().state(steps)).bytes();
  }

  @Override
  public void resume(byte[] state) {
    TrainingState read = TrainingState.read(state);
    turn.lock();
    try {
      tried(
          "training cannot be resumed",
          () -> {
            network.resume(read);
            return read;
          });
      forget();
      parametersChange();
      steps = read.steps();
    } finally {
      turn.unlock();
    }
  }

  /** Does something that no training step may come between. */
  <T> T inTurn(Supplier<T> work) {
    turn.lock();
    try {
      return work.get();
    } finally {
      turn.unlock();
    }
  }

  private void forget() {
    latest = null;
    network.forget();
  }

  private void checkWidth(Batch inputs) {
    if (inputs.width() != inputShape().size() && !(inputs.rows() == 0 && inputs.width() == 0)) {
      throw new IllegalArgumentException(
          "inputs must have %s features like the model's input shape %s, but have %s"
              .formatted(inputShape().size(), inputShape(), inputs.width()));
    }
  }

  private INDArray array(Batch inputs) {
    return Rows.of(inputs, options.inputShape(), network.type());
  }

  private INDArray weights(Batch byLogit) {
    return Rows.of(byLogit, Shape.of(byLogit.width()), network.type());
  }

  private Batch run(Batch inputs) {
    return run(inputs, network::forward);
  }

  private Batch run(Batch inputs, UnaryOperator<INDArray> part) {
    String what = "the network failed on %s inputs of %s".formatted(inputs.rows(), inputShape());
    return scores(inputs, tried(what, () -> part.apply(array(inputs))));
  }

  private static <T> T tried(String what, Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      throw Failure.of(what, e);
    }
  }

  private static Batch scores(Batch inputs, INDArray answer) {
    long[] shape = answer.shape();
    if (shape.length != 2 || shape[0] != inputs.rows()) {
      throw new ModelException(
          "a network must answer %s rows with shape (%s, classes), but answered with shape %s"
              .formatted(inputs.rows(), inputs.rows(), Arrays.toString(shape)));
    }
    return inputs.withValues(Math.toIntExact(shape[1]), Rows.take(answer));
  }

  /** Its graph is the network's own, until somebody else runs the network: then it runs again. */
  private final class Pass implements ForwardPass {
    private final Batch inputs;
    private final Batch logits;
    private final int madeAt = changes;
    private boolean closed;

    Pass(Batch inputs, Batch logits) {
      this.inputs = inputs;
      this.logits = logits;
    }

    @Override
    public Batch logits() {
      return logits;
    }

    @Override
    public Batch backward(Batch byLogit) {
      if (byLogit.rows() != logits.rows() || byLogit.width() != logits.width()) {
        throw new IllegalArgumentException(
            "weights of the logits must be %s like the logits, but were %s"
                .formatted(logits, byLogit));
      }
      turn.lock();
      try {
        checkOpen();
        if (latest != this) {
          run(inputs);
          latest = this;
        }
        INDArray back =
            tried(
                "the network could not be differentiated",
                () -> network.backward(weights(byLogit)));
        return inputs.withValues(inputs.width(), Rows.take(back));
      } finally {
        turn.unlock();
      }
    }

    private void checkOpen() {
      if (closed || madeAt != changes) {
        throw new IllegalStateException(
            "a pass must be open to go back, but was closed%s"
                .formatted(closed ? "" : " by a change of the parameters"));
      }
    }

    @Override
    public void close() {
      turn.lock();
      try {
        closed = true;
        if (latest == this) {
          forget();
        }
      } finally {
        turn.unlock();
      }
    }
  }
}
