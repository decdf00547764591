package io.gauntlet.examples;

import io.gauntlet.data.Examples;
import io.gauntlet.model.Batch;
import io.gauntlet.model.Labels;
import io.gauntlet.model.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * 10,662 sentences from film reviews, praise and blame in turns (Pang, Lee, ACL 2005; CC BY 4.0,
 * see NOTICE), each as a bag of words.
 */
final class Sentences {
  private static final String FILE = "sentences.tsv.gz";
  private static final List<String> CLASSES = List.of("blame", "praise");

  private Sentences() {}

  private record Sentence(int label, List<String> words) {
    static Sentence of(String line) {
      String[] columns = line.split("\t", -1);
      return new Sentence(
          Integer.parseInt(columns[0]),
          Stream.of(columns[1].split(" +"))
              .filter(word -> word.chars().anyMatch(Character::isLetter))
              .toList());
    }
  }

  /**
   * All sentences, in the file's order.
   *
   * @param words how many: the most frequent ones of the first sentences; feature {@code j} is 1
   *     where the j-th of them occurs, 0 where it does not
   * @param first sentences that the words are taken from
   */
  static Examples bags(int words, int first) {
    List<Sentence> sentences = read();
    Map<String, Integer> features = mostFrequent(words, sentences.subList(0, first));
    float[] values = new float[sentences.size() * words];
    int[] labels = new int[sentences.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = sentences.get(i).label();
      for (String word : sentences.get(i).words()) {
        Integer feature = features.get(word);
        if (feature != null) {
          values[i * words + feature] = 1;
        }
      }
    }
    return new Examples(Shape.of(words), Batch.wrap(words, values), Labels.of(labels), CLASSES);
  }

  private static Map<String, Integer> mostFrequent(int words, List<Sentence> sentences) {
    Map<String, Integer> counts = new HashMap<>();
    sentences.forEach(
        sentence -> sentence.words().forEach(word -> counts.merge(word, 1, Integer::sum)));
    Map<String, Integer> features = new HashMap<>();
    counts.keySet().stream()
        .sorted(
            Comparator.<String>comparingInt(counts::get)
                .reversed()
                .thenComparing(Comparator.naturalOrder()))
        .limit(words)
        .forEach(word -> features.put(word, features.size()));
    return features;
  }

  private static List<Sentence> read() {
    try (InputStream in = Sentences.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is missing from the class path");
      }
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(new GZIPInputStream(in), StandardCharsets.UTF_8));
      List<Sentence> sentences = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        sentences.add(Sentence.of(line));
      }
      return sentences;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
