// SPDX-License-Identifier: Apache-2.0
package io.incipit.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.incipit.trace.token.Tokenizer;
import io.incipit.trace.token.TokenizerSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Files `tokenizer.json` as models on Hugging Face have them, or the directory of one. Read by
/// their own library through DJL, which brings it for Linux, macOS (aarch64) and Windows, and
/// unpacks it into `~/.djl.ai` (`DJL_CACHE_DIR`).
///
/// Left alone, DJL asks the network where it runs as it loads, and a tokenizer cuts text off and
/// pads it as its file says. None of that happens here.
public final class TokenizerFiles implements TokenizerSource {
  private static final String FILE_NAME = "tokenizer.json";

  /// What keeps DJL off the network, unless somebody set it to something else.
  private static final List<String> KEEP_QUIET = List.of("ai.djl.offline", "OPT_OUT_TRACKING");

  private static final Map<String, String> WHOLE_TEXT =
      Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false");

  /// Found as a service.
  public TokenizerFiles() {}

  @Override
  public List<String> names() {
    return List.of("a file " + FILE_NAME);
  }

  @Override
  public Optional<Tokenizer> open(String name) throws IOException {
    var path = Path.of(name);
    if (path.toFile().isDirectory()) {
      path = path.resolve(FILE_NAME);
    }
    boolean exists = path.toFile().isFile();
    if (!exists && !name.endsWith(".json") && !name.contains("/")) {
      return Optional.empty();
    }
    if (!exists) {
      throw new IOException("--tokenizer: %s: no such file".formatted(path));
    }
    return Optional.of(load(path));
  }

  private static Tokenizer load(Path path) throws IOException {
    for (var property : KEEP_QUIET) {
      if (System.getProperty(property) == null) {
        System.setProperty(property, "true");
      }
    }
    try {
      return new Loaded(path, HuggingFaceTokenizer.newInstance(path, WHOLE_TEXT));
    } catch (RuntimeException | LinkageError broken) {
      var lines = String.valueOf(broken.getMessage()).lines();
      throw new IOException(
          "--tokenizer: %s: %s (expected: a file that the tokenizers library reads)"
              .formatted(path, lines.findFirst().orElse("cannot be read")),
          broken);
    }
  }

  private record Loaded(Path path, HuggingFaceTokenizer tokenizer) implements Tokenizer {
    @Override
    public String said() {
      return "counted by " + path.getFileName();
    }

    @Override
    public int[] tokens(String text) {
      return Arrays.stream(tokenizer.encode(text, false, false).getIds())
          .mapToInt(Math::toIntExact)
          .toArray();
    }
  }
}
