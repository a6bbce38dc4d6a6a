// SPDX-License-Identifier: Apache-2.0
package io.incipit.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.trace.token.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerFilesTest {
  /// A token a word; the file asks for every trap: it cuts off, pads, and adds a token in front.
  private static final String WORDS =
      """
      {"version": "1.0",
       "truncation": {"direction": "Right", "max_length": 512, "strategy": "LongestFirst",
        "stride": 0},
       "padding": {"strategy": {"Fixed": 64}, "direction": "Right", "pad_to_multiple_of": null,
        "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
       "added_tokens": [{"id": 3, "content": "[CLS]", "single_word": false, "lstrip": false,
        "rstrip": false, "normalized": false, "special": true}],
       "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
       "post_processor": {"type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
         {"Sequence": {"id": "A", "type_id": 0}}], "pair": [{"Sequence": {"id": "A", "type_id": 0}},
         {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [3], "tokens": ["[CLS]"]}}},
       "decoder": null,
       "model": {"type": "WordLevel", "vocab": {"[PAD]": 0, "one": 1, "two": 2, "[CLS]": 3},
        "unk_token": "[PAD]"}}
      """;

  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("tokenizer.json");
    Files.writeString(file, WORDS);
  }

  @Test
  void tokens_fiveThousand_stayFiveThousand() throws IOException {
    var tokenizer = Tokenizers.named(file.toString());

    assertThat(tokenizer.tokens("one two ".repeat(2_500)))
        .hasSize(5_000)
        .startsWith(1, 2, 1)
        .endsWith(1, 2);
    assertThat(tokenizer.tokens("two")).containsExactly(2);
    assertThat(tokenizer.tokens("")).isEmpty();
    assertThat(tokenizer.said()).isEqualTo("counted by " + file.getFileName());
  }

  @Test
  void named_directoryOfATokenizer_findsIt() throws IOException {
    assertThat(Tokenizers.named(directory.toString()).tokens("one")).containsExactly(1);
  }

  @Test
  void named_noFileOrAnother_saysSo() throws IOException {
    var gone = directory.resolve("gone.json").toString();
    assertThatThrownBy(() -> Tokenizers.named(gone))
        .hasMessage("--tokenizer: %s: no such file".formatted(gone));

    Files.writeString(file, "{}");
    assertThatThrownBy(() -> Tokenizers.named(file.toString()))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("--tokenizer: %s: ".formatted(file))
        .hasMessageEndingWith("(expected: a file that the tokenizers library reads)");
  }

  @Test
  void open_inAFreshProcess_connectsToNothing() throws IOException, InterruptedException {
    assertThat(connections()).containsExactly("tokens: 5000", "exit: 0");
  }

  /// What the test above would not notice if DJL asked elsewhere, or no longer: then both are
  /// quiet.
  @Test
  void open_withoutWhatKeepsItQuiet_isSeenToConnect() throws IOException, InterruptedException {
    assertThat(connections("-Dai.djl.offline=false", "-DOPT_OUT_TRACKING=false"))
        .anyMatch(line -> line.startsWith("asked: "));
  }

  /// Runs [Watched], with a home of its own, so that the native library comes out of its jar.
  private List<String> connections(String... flags) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-DDJL_CACHE_DIR=" + directory.resolve("cache"));
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Watched.class.getName(), file.toString()));
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().remove("OPT_OUT_TRACKING");
    var process = builder.start();
    try (var lines = process.inputReader()) {
      var said = new ArrayList<>(lines.lines().toList());
      said.add("exit: " + process.waitFor());
      return said;
    }
  }
}
