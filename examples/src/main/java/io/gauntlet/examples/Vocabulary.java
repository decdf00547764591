package io.gauntlet.examples;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Words that a bag of words tells apart.
 *
 * @param features position of each word
 */
record Vocabulary(Map<String, Integer> features) {
  Vocabulary {
    features = Map.copyOf(features);
  }

  /** The most frequent words, equally frequent ones by the alphabet. */
  static Vocabulary mostFrequent(int words, Stream<List<String>> texts) {
    Map<String, Integer> counts = new HashMap<>();
    texts.forEach(text -> text.forEach(word -> counts.merge(word, 1, Integer::sum)));
    Map<String, Integer> features = new HashMap<>();
    counts.keySet().stream()
        .sorted(
            Comparator.<String>comparingInt(counts::get)
                .reversed()
                .thenComparing(Comparator.naturalOrder()))
        .limit(words)
        .forEach(word -> features.put(word, features.size()));
    return new Vocabulary(features);
  }

  /** How many words there are. */
  int size() {
    return features.size();
  }

  /** 1 for every word of the text that is known, 0 for all others. */
  float[] bag(List<String> text) {
    float[] bag = new float[size()];
    for (String word : text) {
      Integer feature = features.get(word);
      if (feature != null) {
        bag[feature] = 1;
      }
    }
    return bag;
  }
}
