// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.trace.MemoryDisk;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.mooncake.MooncakeFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ConversationTraceTest {
  private static final Path FILE = Path.of("synthetic.jsonl");

  @Test
  void next_sameSeed_givesSameRequestsAndAnotherSeedOthers() {
    assertThat(generate(500, 7)).isEqualTo(generate(500, 7)).isNotEqualTo(generate(500, 8));
  }

  @Test
  void next_asManyAsAsked_thenNone() {
    assertThat(generate(123, 1)).hasSize(123);
  }

  @Test
  void next_writtenAsMooncakeLines_passesTheChecksOfTheReader() throws IOException {
    var text = new StringBuilder();
    for (var request : generate(2_000, 3)) {
      var ids = new ArrayList<String>();
      for (int i = 0; i < request.ids().length(); i++) {
        ids.add(Long.toString(request.ids().id(i)));
      }
      text.append(
          String.format(
              Locale.ROOT,
              "{\"timestamp\": %d, \"input_length\": %d, \"output_length\": %d,"
                  + " \"hash_ids\": %s}%n",
              request.timeNs() / 1_000_000,
              request.inputTokens(),
              request.outputTokens(),
              ids));
    }
    var disk = new MemoryDisk().with(FILE, text.toString());
    try (var reader = new MooncakeFormat().open(new TraceFile(disk, FILE, false))) {
      int read = 0;
      while (reader.next().isPresent()) {
        read++;
      }
      assertThat(read).isEqualTo(2_000);
    }
  }

  @Test
  void next_manyRequests_looksLikeTheConversationTrace() {
    var requests = generate(12_000, 1);
    var seen = new HashSet<Long>();
    long blocks = 0;
    long hits = 0;
    for (var request : requests) {
      blocks += request.ids().length();
      for (int i = 0; i < request.ids().length(); i++) {
        hits += seen.add(request.ids().id(i)) ? 0 : 1;
      }
    }

    // The recorded one has 24.0 blocks a request, 36.6% of them seen before, and takes 3,537 s.
    assertThat((double) blocks / requests.size()).isBetween(20.0, 26.0);
    assertThat((double) hits / blocks).isBetween(0.30, 0.40);
    assertThat(requests.getLast().timeNs() / 1e9).isBetween(2_800.0, 4_200.0);
  }

  @Test
  void next_laterTurn_mostlyBeginsAsTheTurnBefore() {
    var last = new HashMap<Long, TraceRequest>();
    int later = 0;
    int followed = 0;
    for (var request : generate(3_000, 2)) {
      var before = last.put(request.session(), request);
      if (before != null && request.turn() == before.turn() + 1 && before.fullBlocks() > 1) {
        int full = Math.min(before.fullBlocks(), request.ids().length());
        later++;
        followed += request.ids().first(full).equals(before.ids().first(full)) ? 1 : 0;
      }
    }
    // The others ask a turn again with another ending, or follow a turn that was asked again.
    assertThat(later).isGreaterThan(300);
    assertThat((double) followed / later).isBetween(0.8, 0.99);
  }

  private static List<TraceRequest> generate(long count, long seed) {
    var requests = new ArrayList<TraceRequest>();
    try (var trace = new ConversationTrace(count, seed)) {
      for (var next = trace.next(); next.isPresent(); next = trace.next()) {
        requests.add(next.get());
      }
      assertThat(trace.progress()).isEqualTo(1.0);
    }
    return requests;
  }
}
