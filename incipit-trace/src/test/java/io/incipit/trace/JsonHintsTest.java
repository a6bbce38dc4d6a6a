// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.Hint;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class JsonHintsTest {
  private static Hint read(String text) throws BadLineException {
    try (var json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      json.nextToken();
      return JsonHints.read(json);
    }
  }

  @Test
  void read_whatWasWritten_isTheSame() throws BadLineException {
    for (var hint :
        List.of(Hint.NONE, Hint.DONE, new Hint.Back(0), new Hint.Back(12_500_000_000L))) {
      assertThat(read(JsonHints.text(hint))).isEqualTo(hint);
    }
    assertThat(JsonHints.text(new Hint.Back(12_500_000_000L))).isEqualTo("{\"back_in_s\": 12.5}");
    assertThat(read("{\"why\": [\"tool\"], \"back_in_s\": 86400}"))
        .isEqualTo(new Hint.Back(Hint.Back.AFTER_NS_MAX));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"over\"|hint: over (expected: \"done\", {\"back_in_s\": seconds} or null)",
        "true|hint: true (expected: \"done\"",
        "{}|hint: an object without back_in_s (expected: \"done\"",
        "{\"back_in_s\": -1}|hint.back_in_s: -1 (expected: a number from 0 on)",
        "{\"back_in_s\": \"1\"}|hint.back_in_s: 1 (expected: a number from 0 on)",
        "{\"back_in_s\": 86401}|hint.back_in_s: 86401 (expected: at most 86400)",
      })
  void read_other_isRefusedByName(String text, String reason) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOfSatisfying(
            BadLineException.class, bad -> assertThat(bad.reason()).startsWith(reason));
  }
}
