// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a real engine published, batch by batch, and what it said of each request beside it.
///
/// @param hashBytes 8 where the engine names blocks by integers, else 32
/// @param batches events in the order in which they were published
/// @param truth requests with the tokens found in the engine's own cache, dumps of that cache, and
///     resets; each says how many batches came before it
@SuppressWarnings("exports")
public record Recording(
    int blockTokens, int hashBytes, List<JsonNode> batches, List<JsonNode> truth) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// A recording beside the project; without it the test is skipped.
  public static Recording read(String engine, String name) {
    var root = Path.of(System.getProperty("incipit.root", "."));
    var folder = root.resolve("../shared/fixtures").resolve(engine).normalize();
    Assumptions.assumeTrue(Files.isDirectory(folder), "no recordings of real engines: " + folder);
    var batches = lines(folder.resolve(name + "-events.jsonl.gz"));
    var truth = lines(folder.resolve(name + "-requests.jsonl.gz"));
    var config = truth.getFirst();
    int tokens = config.path("block_size").asInt(config.path("page_size").asInt(0));
    int hashBytes = config.path("int_hashes").asBoolean(true) ? 8 : 32;
    return new Recording(tokens, hashBytes, batches, truth.subList(1, truth.size()));
  }

  private static List<JsonNode> lines(Path file) {
    try (var in = new GZIPInputStream(Files.newInputStream(file));
        var text = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return text.lines().map(JSON::readTree).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }
}
