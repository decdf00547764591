package io.gauntlet.attacks.score;

import io.gauntlet.model.Batch;
import io.gauntlet.threat.Neighbourhood;
import io.gauntlet.threat.Norm;
import java.util.random.RandomGenerator;

/** How {@link Square} paints under one norm. What it paints may leave ball and domain. */
interface Brush {
  /** The first painting over the whole of each clean example. */
  Batch first(Batch clean, RandomGenerator[] random);

  /** Each iterate with one square painted anew. */
  Batch next(Batch x, float covered, RandomGenerator[] random);

  /** The brush for a neighbourhood's norm. */
  static Brush of(Canvas canvas, Neighbourhood allowed) {
    return allowed.norm() == Norm.linf()
        ? new Flat(canvas, allowed)
        : new Heaped(canvas, allowed, allowed.norm() == Norm.l2() ? 2 : 1);
  }

  /** Under Linf every feature of a square moves by the whole radius, a channel at a time. */
  record Flat(Canvas canvas, Neighbourhood allowed) implements Brush {
    @Override
    public Batch first(Batch clean, RandomGenerator[] random) {
      float radius = allowed.radius();
      return clean.editRows(
          (i, row) -> {
            RandomGenerator draw = random[allowed.clean().rowOf(clean.example(i))];
            int columns = canvas.ordered() ? canvas.width() : canvas.height();
            for (int c = 0; c < canvas.channels(); c++) {
              for (int stripe = 0; stripe < columns; stripe++) {
                float step = draw.nextBoolean() ? radius : -radius;
                for (int p = stripe; p < canvas.pixels(); p += columns) {
                  row[c * canvas.pixels() + p] += step;
                }
              }
            }
          });
    }

    @Override
    public Batch next(Batch x, float covered, RandomGenerator[] random) {
      Batch clean = allowed.clean();
      float radius = allowed.radius();
      int area = Math.max(Math.round(covered * canvas.pixels()), 1);
      return x.editRows(
          (i, row) -> {
            int origin = clean.rowOf(x.example(i));
            RandomGenerator draw = random[origin];
            Canvas.Window window = canvas.square(area, draw);
            for (int c = 0; c < canvas.channels(); c++) {
              boolean up = draw.nextBoolean();
              for (int pixel : window.pixels) {
                int j = c * canvas.pixels() + pixel;
                up = canvas.ordered() ? up : draw.nextBoolean();
                row[j] = clean.get(origin, j) + (up ? radius : -radius);
              }
            }
          });
    }
  }

  /**
   * Under L2 and L1 a square holds two heaps, one up, one down; its budget is what the perturbation
   * has left and what another square, wiped clean, gives up.
   */
  record Heaped(Canvas canvas, Neighbourhood allowed, int power) implements Brush {
    private static final int TILES = 5;
    private static final int SMALLEST = 3;
    private static final double TINY = 1e-12;

    @Override
    public Batch first(Batch clean, RandomGenerator[] random) {
      return clean.editRows(
          (i, row) -> {
            RandomGenerator draw = random[allowed.clean().rowOf(clean.example(i))];
            float[] delta = new float[row.length];
            if (canvas.ordered()) {
              int side = Math.max(canvas.height() / TILES, 1);
              int wide = Math.min(side, canvas.width());
              for (int top = 0; top + side <= canvas.height(); top += side) {
                for (int left = 0; left + wide <= canvas.width(); left += wide) {
                  heap(canvas.rectangle(top, left, side, wide), delta, draw);
                }
              }
            } else {
              heap(canvas.square(canvas.pixels(), draw), delta, draw);
            }
            add(scaled(delta, allowed.radius()), row);
          });
    }

    private void heap(Canvas.Window window, float[] delta, RandomGenerator draw) {
      float[] heaps = heaps(window, draw);
      for (int c = 0; c < canvas.channels(); c++) {
        float sign = draw.nextBoolean() ? 1 : -1;
        for (int k = 0; k < heaps.length; k++) {
          delta[c * canvas.pixels() + window.pixels[k]] += sign * heaps[k];
        }
      }
    }

    @Override
    public Batch next(Batch x, float covered, RandomGenerator[] random) {
      Batch clean = allowed.clean();
      int area = area(covered);
      return x.editRows(
          (i, row) -> {
            int origin = clean.rowOf(x.example(i));
            float[] delta = row.clone();
            clean.copyRow(origin, row);
            for (int j = 0; j < row.length; j++) {
              delta[j] -= row[j];
            }
            repaint(delta, area, random[origin]);
            add(scaled(delta, allowed.radius()), row);
          });
    }

    /** An odd side of at least three pixels, so that a square has a middle. */
    private int area(float covered) {
      if (!canvas.ordered()) {
        return Math.min(Math.max(Math.round(covered * canvas.pixels()), SMALLEST), canvas.pixels());
      }
      int side = Math.max((int) Math.round(Math.sqrt(covered * canvas.pixels())), SMALLEST);
      side = side % 2 == 0 ? side + 1 : side;
      return Math.min(side * side, canvas.pixels());
    }

    private void repaint(float[] delta, int area, RandomGenerator draw) {
      Canvas.Window window = canvas.square(area, draw);
      Canvas.Window wiped = canvas.square(area, draw);
      float[] heaps = heaps(window, draw);
      double unused = Math.max(powered(allowed.radius()) - powered(delta), 0) / canvas.channels();
      for (int c = 0; c < canvas.channels(); c++) {
        int from = c * canvas.pixels();
        double there = powered(delta, from, window);
        double old = root(there);
        float sign = draw.nextBoolean() ? 1 : -1;
        float[] fresh = new float[heaps.length];
        for (int k = 0; k < fresh.length; k++) {
          fresh[k] = (float) (sign * heaps[k] + delta[from + window.pixels[k]] / (old + TINY));
          delta[from + window.pixels[k]] = 0;
        }
        double budget = unused + there + powered(delta, from, wiped);
        for (int pixel : wiped.pixels) {
          delta[from + pixel] = 0;
        }
        double factor = root(budget) / (root(powered(fresh)) + TINY);
        for (int k = 0; k < fresh.length; k++) {
          delta[from + window.pixels[k]] = (float) (factor * fresh[k]);
        }
      }
    }

    /** Unit size, half of it up, half of it down, split along either axis. */
    private float[] heaps(Canvas.Window window, RandomGenerator draw) {
      float[] heaps = new float[window.pixels.length];
      if (!canvas.ordered()) {
        for (int k = 0; k < heaps.length; k++) {
          heaps[k] = draw.nextBoolean() ? 1 : -1;
        }
        return scaled(heaps, 1);
      }
      boolean across = draw.nextBoolean();
      int length = across ? window.width : window.height;
      int breadth = across ? window.height : window.width;
      float[] up = heap(length / 2, breadth);
      float[] down = heap(length - length / 2, breadth);
      for (int r = 0; r < window.height; r++) {
        for (int c = 0; c < window.width; c++) {
          int along = across ? c : r;
          int beside = across ? r : c;
          heaps[r * window.width + c] =
              along < length / 2
                  ? up[along * breadth + beside]
                  : -down[(along - length / 2) * breadth + beside];
        }
      }
      return scaled(heaps, 1);
    }

    /** A pyramid of unit size, its steps ever steeper towards the middle. */
    private float[] heap(int length, int breadth) {
      float[] heights = new float[Math.max(length / 2, breadth / 2) + 1];
      double height = 0;
      for (int off = heights.length - 1; off >= 0; off--) {
        height += Math.pow(off + 1, power == 2 ? -2 : -4);
        heights[off] = (float) height;
      }
      float[] heap = new float[length * breadth];
      for (int r = 0; r < length; r++) {
        for (int c = 0; c < breadth; c++) {
          int off = Math.max(Math.abs(r - length / 2), Math.abs(c - breadth / 2));
          heap[r * breadth + c] = heights[off];
        }
      }
      return scaled(heap, 1);
    }

    private float[] scaled(float[] values, double size) {
      double factor = size / Math.max(root(powered(values)), Double.MIN_NORMAL);
      for (int j = 0; j < values.length; j++) {
        values[j] = (float) (factor * values[j]);
      }
      return values;
    }

    private static void add(float[] delta, float[] row) {
      for (int j = 0; j < row.length; j++) {
        row[j] += delta[j];
      }
    }

    private double powered(double value) {
      return power == 2 ? value * value : Math.abs(value);
    }

    private double powered(float[] values) {
      double sum = 0;
      for (float value : values) {
        sum += powered(value);
      }
      return sum;
    }

    private double powered(float[] values, int from, Canvas.Window window) {
      double sum = 0;
      for (int pixel : window.pixels) {
        sum += powered(values[from + pixel]);
      }
      return sum;
    }

    private double root(double value) {
      return power == 2 ? Math.sqrt(value) : value;
    }
  }
}
