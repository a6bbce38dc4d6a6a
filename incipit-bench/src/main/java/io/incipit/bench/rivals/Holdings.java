// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import java.util.Map;
import java.util.TreeMap;

/// An answer: how many leading blocks of a question each worker has. Workers that have none are
/// not in it.
///
/// @param blocks worker to blocks
record Holdings(TreeMap<Integer, Integer> blocks) {
  /// An answer as rivals give it: `0:100 1:40`, in any order.
  static Holdings parse(String text) {
    var blocks = new TreeMap<Integer, Integer>();
    for (var word : text.strip().split("\\s+", -1)) {
      int colon = word.indexOf(':');
      if (colon > 0) {
        blocks.put(Integer.parseInt(word.substring(0, colon)), parseBlocks(word, colon));
      } else if (!word.isEmpty()) {
        throw new NumberFormatException("answer: " + text + " (expected: worker:blocks ...)");
      }
    }
    blocks.values().removeIf(count -> count == 0);
    return new Holdings(blocks);
  }

  private static int parseBlocks(String word, int colon) {
    return Integer.parseInt(word.substring(colon + 1));
  }

  /// The same as rivals give it, by worker; where all of more than four have the same, shorter.
  String text() {
    if (blocks.isEmpty()) {
      return "nobody";
    }
    if (blocks.size() > 4 && blocks.values().stream().distinct().count() == 1) {
      return blocks.size() + " workers: " + blocks.firstEntry().getValue();
    }
    var words = new StringBuilder();
    for (Map.Entry<Integer, Integer> one : blocks.entrySet()) {
      words.append(words.isEmpty() ? "w" : ", w").append(one.getKey()).append(' ');
      words.append(one.getValue());
    }
    return words.toString();
  }
}
