package io.gauntlet.defenses.train;

import io.gauntlet.evaluate.Rate;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How far a training has come: what it must know, beside its plan and data, to go on. */
final class Course {
  final List<Epoch> epochs = new ArrayList<>();
  final float learningRate;
  Optional<Weights> latest = Optional.empty();
  Optional<Weights> best = Optional.empty();
  int kept;
  double watched = Double.NaN;

  /**
   * A training that has not begun.
   *
   * @param learningRate the model's own; NaN if it does not tell
   */
  Course(float learningRate) {
    this.learningRate = learningRate;
  }

  Epoch last() {
    return epochs.get(epochs.size() - 1);
  }

  void write(DataOutputStream out) throws IOException {
    out.writeFloat(learningRate);
    out.writeInt(epochs.size());
    for (Epoch epoch : epochs) {
      write(epoch, out);
    }
    write(latest, out);
    write(best, out);
    out.writeInt(kept);
    out.writeDouble(watched);
  }

  static Course read(DataInputStream in) throws IOException {
    Course course = new Course(in.readFloat());
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      course.epochs.add(readEpoch(in));
    }
    course.latest = readWeights(in);
    course.best = readWeights(in);
    course.kept = in.readInt();
    course.watched = in.readDouble();
    return course;
  }

  private static void write(Epoch epoch, DataOutputStream out) throws IOException {
    out.writeInt(epoch.number());
    out.writeInt(epoch.of());
    out.writeDouble(epoch.loss());
    out.writeFloat(epoch.learningRate());
    out.writeFloat(epoch.epsilon());
    out.writeBoolean(epoch.accuracy().isPresent());
    if (epoch.accuracy().isPresent()) {
      write(epoch.accuracy().get().clean(), out);
      write(epoch.accuracy().get().robust(), out);
    }
    out.writeBoolean(epoch.collapse().isPresent());
    if (epoch.collapse().isPresent()) {
      out.writeInt(epoch.collapse().get().step());
      out.writeDouble(epoch.collapse().get().before());
      out.writeDouble(epoch.collapse().get().after());
    }
    out.writeDouble(epoch.seconds());
  }

  private static Epoch readEpoch(DataInputStream in) throws IOException {
    return new Epoch(
        in.readInt(),
        in.readInt(),
        in.readDouble(),
        in.readFloat(),
        in.readFloat(),
        in.readBoolean()
            ? Optional.of(new Validation.Accuracy(readRate(in), readRate(in)))
            : Optional.empty(),
        in.readBoolean()
            ? Optional.of(new Epoch.Collapse(in.readInt(), in.readDouble(), in.readDouble()))
            : Optional.empty(),
        in.readDouble());
  }

  private static void write(Rate rate, DataOutputStream out) throws IOException {
    out.writeInt(rate.count());
    out.writeInt(rate.total());
  }

  private static Rate readRate(DataInputStream in) throws IOException {
    return new Rate(in.readInt(), in.readInt());
  }

  private static void write(Optional<Weights> weights, DataOutputStream out) throws IOException {
    out.writeBoolean(weights.isPresent());
    if (weights.isPresent()) {
      out.writeInt(weights.get().state().length);
      out.write(weights.get().state());
      out.writeBoolean(weights.get().average().isPresent());
      if (weights.get().average().isPresent()) {
        Batch average = weights.get().average().get();
        out.writeInt(average.width());
        for (int j = 0; j < average.width(); j++) {
          out.writeFloat(average.get(0, j));
        }
      }
    }
  }

  private static Optional<Weights> readWeights(DataInputStream in) throws IOException {
    if (!in.readBoolean()) {
      return Optional.empty();
    }
    byte[] state = in.readNBytes(in.readInt());
    return Optional.of(
        new Weights(state, in.readBoolean() ? Optional.of(readRow(in)) : Optional.empty()));
  }

  private static Batch readRow(DataInputStream in) throws IOException {
    float[] row = new float[(int) Check.atLeast(0, in.readInt(), "width")];
    for (int j = 0; j < row.length; j++) {
      row[j] = in.readFloat();
    }
    return Batch.of(row);
  }
}
