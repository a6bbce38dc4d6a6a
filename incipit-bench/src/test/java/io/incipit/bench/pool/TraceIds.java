// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.env.Disk;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.mooncake.MooncakeFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Block ids of a trace's requests, in their order; those of Mooncake's conversation trace where
/// that is at hand.
public final class TraceIds {
  /// Where the conversation trace is, if it is there.
  public static final Path CONVERSATION =
      Path.of(System.getProperty("incipit.root", ".."), "../shared/traces/conversation_trace.jsonl")
          .normalize();

  private TraceIds() {}

  /// Those of the conversation trace; skips the test, and says why, where it is absent.
  public static List<int[]> conversation() throws IOException {
    assumeTrue(Files.exists(CONVERSATION), () -> "no " + CONVERSATION);
    var file = new TraceFile(Disk.system(), CONVERSATION, false);
    try (var reader = new MooncakeFormat().open(file)) {
      return of(reader);
    }
  }

  /// Those of any trace.
  public static List<int[]> of(TraceReader reader) throws IOException {
    var all = new ArrayList<int[]>();
    for (Optional<TraceRequest> next = reader.next(); next.isPresent(); next = reader.next()) {
      var blocks = next.get().ids();
      var ids = new int[blocks.length()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = Math.toIntExact(blocks.id(i));
      }
      all.add(ids);
    }
    return all;
  }
}
