package io.gauntlet.data;

import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The label column of a table: texts that mean something only together. */
final class CsvLabels {
  private record Label(int row, String text) {}

  private final String source;
  private final Map<String, String> distinct = new HashMap<>(); // one String a class, not a row
  private final List<Label> labels = new ArrayList<>();

  CsvLabels(String source) {
    this.source = source;
  }

  void add(int row, String text) {
    if (text.isEmpty()) {
      throw new DataException(source, "row " + row, "the label is missing");
    }
    labels.add(new Label(row, distinct.computeIfAbsent(text, same -> same)));
  }

  int count() {
    return labels.size();
  }

  /**
   * Labels the rows, of which there is at least one.
   *
   * @param declared names of the classes; empty where the labels themselves must tell
   */
  Examples label(Shape shape, Batch inputs, List<String> declared) {
    if (!declared.isEmpty()) {
      return labelled(shape, inputs, declared);
    }
    if (!areNumbers()) {
      return labelled(shape, inputs, List.copyOf(new TreeSet<>(distinct.keySet())));
    }
    labels.replaceAll(label -> new Label(label.row(), String.valueOf(classNumber(label))));
    return labelled(shape, inputs, numbersUpTo(largestOfAllNumbers()));
  }

  private Examples labelled(Shape shape, Batch inputs, List<String> names) {
    Map<String, Integer> positions = new HashMap<>();
    for (int k = 0; k < names.size(); k++) {
      positions.put(names.get(k), k);
    }
    int[] classes = new int[labels.size()];
    for (int i = 0; i < classes.length; i++) {
      Label label = labels.get(i);
      Integer position = positions.get(label.text());
      if (position == null) {
        throw broken(label, "labels must be among %s".formatted(names));
      }
      classes[i] = position;
    }
    return new Examples(shape, inputs, Labels.of(classes), names);
  }

  private boolean areNumbers() {
    Label first = labels.get(0);
    boolean numbers = CsvNumber.isNumber(first.text());
    for (Label label : labels) {
      if (CsvNumber.isNumber(label.text()) != numbers) {
        throw broken(
            label,
            "labels must be all numbers or all names, and row %s has '%s'"
                .formatted(first.row(), first.text()));
      }
    }
    return numbers;
  }

  private int classNumber(Label label) {
    double number = CsvNumber.parse(label.text());
    String rule = ClassNumber.ruleBrokenBy(number);
    if (rule != null) {
      throw new DataException(source, "row " + label.row(), rule);
    }
    return (int) number;
  }

  /** A gap is a label column taken for another, or classes counted from 1. */
  private int largestOfAllNumbers() {
    TreeSet<Integer> numbers = new TreeSet<>();
    labels.forEach(label -> numbers.add(Integer.valueOf(label.text())));
    int largest = numbers.last();
    for (int k = 0; k < largest; k++) {
      if (!numbers.contains(k)) {
        throw new DataException(
            source,
            "label column",
            ("numbers must be 0, 1, 2 and so on without a gap, but the largest is %s and %s is"
                    + " missing; declare the classes if that is meant")
                .formatted(largest, k));
      }
    }
    return largest;
  }

  private static List<String> numbersUpTo(int largest) {
    List<String> names = new ArrayList<>();
    for (int k = 0; k <= largest; k++) {
      names.add(String.valueOf(k));
    }
    return names;
  }

  private DataException broken(Label label, String rule) {
    return new DataException(
        source, "row " + label.row(), rule + ", but this one was '" + label.text() + "'");
  }
}
