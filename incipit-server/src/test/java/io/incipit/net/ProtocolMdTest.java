// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.ErrorCode;
import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import io.incipit.protocol.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds `docs/protocol.md` and the README against the server: their examples are run, one after
/// the other on one connection, and every command, error code and limit has its place on the page.
class ProtocolMdTest {
  private static final String PROMPT = "> ";

  /// In a shown reply: any number of lines that a reader need not see.
  private static final String ELIDED = "...";

  /// A request of the page and the reply that it shows.
  private record Example(int line, String request, List<String> reply) {}

  private static Path file(String name) {
    return Path.of(System.getProperty("incipit.root", "..")).resolve(name);
  }

  private static Path page() {
    return file("docs/protocol.md");
  }

  private static List<Example> examples() throws IOException {
    return examples(page());
  }

  private static List<Example> examples(Path page) throws IOException {
    var examples = new ArrayList<Example>();
    var lines = Files.readAllLines(page);
    boolean inside = false;
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      if (line.startsWith("```")) {
        inside = !inside && line.equals("```kvc");
      } else if (inside && line.startsWith(PROMPT)) {
        examples.add(new Example(i + 1, line.substring(PROMPT.length()), new ArrayList<>()));
      } else if (inside) {
        examples.getLast().reply().add(line);
      }
    }
    return examples;
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/protocol.md", "README.md"})
  void examples_areWhatTheServerAnswers(String name) throws Exception {
    var bed = new Bed();
    try {
      assertThat(examples(file(name))).isNotEmpty();
      for (var example : examples(file(name))) {
        var lines = CliText.lines(bed.ask(CliText.words(example.request())));
        assertThat(fits(lines, example.reply()))
            .as(
                "%s:%d: %s%nanswers:%n%s",
                name, example.line(), example.request(), String.join("\n", lines))
            .isTrue();
      }
    } finally {
      bed.close();
    }
  }

  /// Whether lines are those that are shown, but for what is elided.
  private static boolean fits(List<String> lines, List<String> shown) {
    int elided = shown.indexOf(ELIDED);
    if (elided < 0) {
      return lines.equals(shown);
    }
    int after = shown.size() - elided - 1;
    return shown.size() - 1 <= lines.size()
        && lines.subList(0, elided).equals(shown.subList(0, elided))
        && lines
            .subList(lines.size() - after, lines.size())
            .equals(shown.subList(elided + 1, shown.size()));
  }

  @Test
  void commands_areAllShownWithTheirSyntaxAndAnExample() throws IOException {
    var text = Files.readString(page());
    Set<String> run = new LinkedHashSet<>();
    for (var example : examples()) {
      run.add(CliText.words(example.request())[0].toUpperCase(Locale.ROOT));
    }
    for (var command : Command.all()) {
      assertThat(run).contains(command.wireName());
      assertThat(text).contains("### " + command.wireName() + "\n");
      assertThat(text.replace("`", "").replaceAll("\\s+", " "))
          .contains(command.wireName() + (" " + command.syntax()).stripTrailing())
          .contains(command.complexity());
    }
  }

  @Test
  void errors_andLimits_areAllExplained() throws IOException {
    var text = Files.readString(page());
    for (var code : ErrorCode.values()) {
      assertThat(text).contains("| `" + code.name() + "` |");
    }
    var limits =
        List.of(
            Limits.CHAIN_BLOCKS_MAX,
            Limits.CHANGES_MAX,
            Limits.ARGUMENTS_MAX,
            Limits.NAME_BYTES_MAX,
            Limits.RECORDS_MAX);
    for (var limit : limits) {
      assertThat(text).contains(" | %,d".formatted(limit));
    }
    assertThat(text).contains(" | 8 MiB", " | 64 KiB");
  }

  @Test
  void fits_planted_seesADifference() throws MalformedException {
    var lines = CliText.lines("*3\r\n:1\r\n$2\r\na\n\r\n*0\r\n");
    assertThat(lines).containsExactly("1) (integer) 1", "2) \"a\\n\"", "3) (empty array)");
    assertThat(fits(lines, List.of("1) (integer) 1", "...", "3) (empty array)"))).isTrue();
    assertThat(fits(lines, List.of("1) (integer) 2", "...", "3) (empty array)"))).isFalse();
    assertThat(fits(lines, List.of("1) (integer) 1"))).isFalse();
  }
}
