// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import java.util.Locale;

/// Which question is asked about all prompts of a [Task].
enum Question {
  /// As each was when it came in: what was known of it, then blocks that nobody has.
  ARRIVAL,
  /// As each is, all of it being stored.
  FULL;

  /// Its word in the protocol and in results.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Question of(String word) {
    for (var question : values()) {
      if (question.word().equals(word)) {
        return question;
      }
    }
    throw new IllegalArgumentException("set: " + word + " (expected: arrival or full)");
  }
}
