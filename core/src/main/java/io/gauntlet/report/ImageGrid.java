package io.gauntlet.report;

import io.gauntlet.data.AtomicFile;
import io.gauntlet.data.Examples;
import io.gauntlet.evaluate.Outcome;
import io.gauntlet.evaluate.RobustnessReport;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Check;
import io.gauntlet.model.Domain;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/**
 * Examples side by side with what became of them: clean, changed, and their difference, magnified
 * (grey is no change, the factor stands above). One column per example.
 */
public final class ImageGrid {
  private static final int TILE = 96;
  private static final int GAP = 10;
  private static final int CAPTION = 18;
  private static final int LEFT = 92;
  private static final double MAGNIFIED = 10;

  private ImageGrid() {}

  /**
   * Writes a PNG of the first fooled examples, the model's answers as captions, each difference
   * magnified so that the largest change fills the grey scale; the file appears whole or not at
   * all.
   *
   * @param examples what was evaluated, of shape 1xHxW or 3xHxW
   * @param domain that the values lie in: its lower end is black, its upper end white
   * @param most columns; at least 1
   * @return how many columns there are; 0, and no file, if no example was fooled
   * @throws IllegalArgumentException if the examples are not images, or {@code most} is below 1
   * @throws IOException if it cannot be written
   */
  public static int write(
      RobustnessReport report, Examples examples, Domain domain, int most, Path file)
      throws IOException {
    Check.atLeast(1, most, "most");
    Tile tile = new Tile(examples, domain);
    List<Column> columns =
        report.outcomes().stream()
            .filter(Outcome.Fooled.class::isInstance)
            .map(Outcome.Fooled.class::cast)
            .limit(most)
            .map(fooled -> fooled(fooled, report, examples, domain))
            .toList();
    if (columns.isEmpty()) {
      return 0;
    }
    write(draw("adversarial", columns, domain, tile), file);
    return columns.size();
  }

  /**
   * Writes a PNG of examples before and after a trigger, under their labels, the difference
   * magnified ten times and cut off at black and white; the file appears whole or not at all.
   *
   * @param clean of shape 1xHxW or 3xHxW
   * @param triggered some of them, at the same positions and under the labels they have now
   * @param domain that the values lie in: its lower end is black, its upper end white
   * @param most columns; at least 1
   * @throws IllegalArgumentException if the examples are not images, none is triggered, a triggered
   *     one is not among the clean, or {@code most} is below 1
   * @throws IOException if it cannot be written
   */
  public static void writeTriggered(
      Examples clean, Examples triggered, Domain domain, int most, Path file) throws IOException {
    Check.atLeast(1, most, "most");
    Check.atLeast(1, triggered.count(), "number of triggered examples");
    Tile tile = new Tile(clean, domain);
    List<Column> columns = new ArrayList<>();
    for (int row = 0; row < Math.min(most, triggered.count()); row++) {
      int before = clean.inputs().rowOf(triggered.inputs().example(row));
      columns.add(
          new Column(
              clean.inputs().select(before),
              triggered.inputs().select(row),
              "is " + name(clean, clean.labels().atRow(before)),
              "is " + name(clean, triggered.labels().atRow(row)),
              MAGNIFIED));
    }
    write(draw("triggered", columns, domain, tile), file);
  }

  private static void write(BufferedImage grid, Path file) throws IOException {
    AtomicFile.write(file, out -> ImageIO.write(grid, "png", out));
  }

  /**
   * One example.
   *
   * @param clean one row
   * @param changed one row
   * @param factor that their difference is multiplied by
   */
  private record Column(
      Batch clean, Batch changed, String captionClean, String captionChanged, double factor) {}

  private static Column fooled(
      Outcome.Fooled outcome, RobustnessReport report, Examples examples, Domain domain) {
    Batch clean = examples.inputs().select(examples.inputs().rowOf(outcome.example()));
    Batch changed = report.adversarial().select(report.adversarial().rowOf(outcome.example()));
    float largest = Float.MIN_NORMAL;
    for (int j = 0; j < clean.width(); j++) {
      largest = Math.max(largest, Math.abs(changed.get(0, j) - clean.get(0, j)));
    }
    return new Column(
        clean,
        changed,
        "reads " + name(examples, outcome.label()),
        "reads " + name(examples, outcome.prediction()),
        (domain.upper(0) - domain.lower(0)) / (2 * largest));
  }

  private static BufferedImage draw(
      String changed, List<Column> columns, Domain domain, Tile tile) {
    int row = CAPTION + TILE + GAP;
    BufferedImage grid =
        new BufferedImage(
            LEFT + columns.size() * (TILE + GAP), 3 * row + GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = grid.createGraphics();
    pen.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    pen.setColor(Color.WHITE);
    pen.fillRect(0, 0, grid.getWidth(), grid.getHeight());
    pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    pen.setColor(Color.BLACK);
    String[] rows = {"clean", changed, "difference"};
    for (int r = 0; r < rows.length; r++) {
      pen.drawString(rows[r], GAP, r * row + CAPTION + TILE / 2);
    }
    float middle = (domain.upper(0) + domain.lower(0)) / 2;
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      int x = LEFT + i * (TILE + GAP);
      float[] before = column.clean().row(0);
      float[] after = column.changed().row(0);
      float[] difference = new float[before.length];
      for (int j = 0; j < difference.length; j++) {
        float change = after[j] - before[j];
        difference[j] = (float) (middle + column.factor() * change);
      }
      caption(pen, column.captionClean(), x, 0);
      caption(pen, column.captionChanged(), x, row);
      caption(pen, String.format(Locale.ROOT, "x %.3g", column.factor()), x, 2 * row);
      tile.draw(pen, before, x, CAPTION);
      tile.draw(pen, after, x, row + CAPTION);
      tile.draw(pen, difference, x, 2 * row + CAPTION);
    }
    pen.dispose();
    return grid;
  }

  private static void caption(Graphics2D pen, String text, int x, int y) {
    pen.setColor(Color.BLACK);
    pen.drawString(text, x, y + CAPTION - 5);
  }

  private static String name(Examples examples, int label) {
    return label < examples.classNames().size()
        ? examples.classNames().get(label)
        : String.valueOf(label);
  }

  /** Draws one example as an image of fixed size, its pixels as sharp squares. */
  private static final class Tile {
    private final int channels;
    private final int height;
    private final int width;
    private final Domain domain;

    Tile(Examples examples, Domain domain) {
      List<Integer> sizes = examples.shape().sizes();
      if (sizes.size() != 3 || (sizes.get(0) != 1 && sizes.get(0) != 3)) {
        throw new IllegalArgumentException(
            "only images of shape 1xHxW or 3xHxW can be drawn, but these have shape "
                + examples.shape());
      }
      channels = sizes.get(0);
      height = sizes.get(1);
      width = sizes.get(2);
      this.domain = domain;
    }

    void draw(Graphics2D pen, float[] values, int x, int y) {
      BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < height * width; i++) {
        int red = level(values, i, 0);
        int green = channels == 1 ? red : level(values, i, 1);
        int blue = channels == 1 ? red : level(values, i, 2);
        image.setRGB(i % width, i / width, red << 16 | green << 8 | blue);
      }
      pen.drawImage(image, x, y, TILE, TILE, null); // nearest neighbour is the default
    }

    private int level(float[] values, int pixel, int channel) {
      int j = channel * height * width + pixel;
      float share = (values[j] - domain.lower(j)) / (domain.upper(j) - domain.lower(j));
      return Math.round(255 * Math.min(1, Math.max(0, share)));
    }
  }
}
