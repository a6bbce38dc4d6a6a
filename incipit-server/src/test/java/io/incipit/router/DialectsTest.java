// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.ingest.chain.StandardChain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests and responses of both dialects, as they are on the wire: the files are the contract.
///
/// Blocks have four tokens. Of the prompt 0..19 `vllm-1` has two blocks on its GPU and four in its
/// host's memory, its rank 1 one on its GPU; 7 has three. Nobody has reached their engines, so all
/// may have more.
class DialectsTest {
  private final RouterBed bed = new RouterBed();

  @BeforeEach
  void fill() throws Exception {
    examples("setup.json");
    var space = bed.engines.namespace("m").orElseThrow();
    var chain = bed.engines.names(space, IntStream.range(0, 20).toArray(), "", "");
    bed.publish(
        "m",
        "vllm-1",
        1,
        RouterBed.store(Tier.GPU, chain.slice(0, 2)),
        RouterBed.store(Tier.HOST, chain.slice(0, 4)));
    bed.publish("m", "vllm-1#1", 1, RouterBed.store(Tier.GPU, chain.slice(0, 1)));
    assertThat(
            bed.publish(
                "m", "7", 2, RouterBed.clear(), RouterBed.store(Tier.GPU, chain.slice(0, 3))))
        .isInstanceOf(Reply.Published.class);
    var salted = bed.engines.names(space, IntStream.range(0, 20).toArray(), "sql", "s");
    bed.publish("m", "vllm-1", 2, RouterBed.store(Tier.DISK, salted));
    bed.declare("standard", 4);
    var standard = new StandardChain("", "").chain(IntStream.range(0, 12).toArray(), 4);
    bed.publish("standard", "a", 1, RouterBed.store(Tier.GPU, standard));
  }

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "conductor.json",
        "dynamo.json",
        "hashes.json",
        "batch.json",
        "refusals.json",
        "routed.json"
      })
  void examples_areAnsweredSo(String name) throws IOException {
    examples(name);
  }

  private void examples(String name) throws IOException {
    try (var in = Objects.requireNonNull(DialectsTest.class.getResourceAsStream(name), name)) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (var example : RouterBed.json(text)) {
        var path = example.get("post").asString();
        var answer =
            bed.post(example.get("status").asInt(), path, example.get("request").toString());
        assertThat(answer).as("%s: %s", name, example).isEqualTo(example.get("response"));
      }
    }
  }
}
