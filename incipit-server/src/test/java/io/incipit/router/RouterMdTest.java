// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Holds `docs/router.md` against the routes: its examples are run, one after the other.
class RouterMdTest {
  private static final Pattern CURL =
      Pattern.compile(
          "\\$ curl -s '?localhost:7380(/[a-z_]+)(?:\\?([^' ]*))?'?(?: --json '([^']*)')?");

  /// A command and what it prints.
  private record Example(String command, String answer) {}

  private static Path page() {
    return Path.of(System.getProperty("incipit.root", "..")).resolve("docs/router.md");
  }

  private static List<Example> examples() throws IOException {
    var examples = new ArrayList<Example>();
    boolean inside = false;
    var command = "";
    for (var line : Files.readAllLines(page())) {
      if (line.startsWith("```")) {
        inside = line.equals("```router");
      } else if (inside && line.startsWith("$ ")) {
        command = line;
      } else if (inside) {
        examples.add(new Example(command, line));
      }
    }
    return examples;
  }

  @Test
  void examples_areAnsweredAsShown() throws Exception {
    var bed = new RouterBed();
    try {
      assertThat(examples()).hasSizeGreaterThan(5);
      for (var example : examples()) {
        var curl = CURL.matcher(example.command());
        assertThat(curl.matches()).as(example.command()).isTrue();
        var query = curl.group(2) == null ? "" : curl.group(2);
        var body = curl.group(3) == null ? "" : curl.group(3);
        var answer = bed.answer(curl.group(1), query, body);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
            .as(example.command())
            .isEqualTo(example.answer() + "\n");
      }
    } finally {
      bed.close();
    }
  }

  @Test
  void routes_areAllOnThePage() throws Exception {
    var text = Files.readString(page());
    var bed = new RouterBed();
    try {
      bed.routes.keySet().forEach(path -> assertThat(text).contains(path));
    } finally {
      bed.close();
    }
  }
}
