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
import java.util.List;
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
    Vocabulary vocabulary =
        Vocabulary.mostFrequent(words, sentences.subList(0, first).stream().map(Sentence::words));
    Batch bags =
        Batch.of(
            sentences.stream()
                .map(sentence -> vocabulary.bag(sentence.words()))
                .toArray(float[][]::new));
    int[] labels = sentences.stream().mapToInt(Sentence::label).toArray();
    return new Examples(Shape.of(words), bags, Labels.of(labels), CLASSES);
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
