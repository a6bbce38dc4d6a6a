// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A node knows 20 million values with 4 GiB of heap, and goes on when it is full. Here a twentieth
/// of the values; all of it with `-Dincipit.slow.programs=true`.
final class NodeScaleTest {
  private static final boolean SLOW = Boolean.getBoolean("incipit.slow.programs");
  private static final int OBJECTS = SLOW ? 20_000_000 : 1_000_000;

  /// A small heap has less to lose to regions, and to the JVM itself; what is remembered of those
  /// that went is as many in both.
  private static final List<String> HEAP =
      SLOW ? List.of("-XX:+UseG1GC", "-Xmx4g") : List.of("-XX:+UseSerialGC", "-Xmn24m", "-Xmx290m");

  @Test
  void node_ofMillionsOfValues_fitsItsHeap() throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(HEAP);
    command.addAll(List.of("-XX:+ExitOnOutOfMemoryError", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(NodeScaleChild.class.getName(), Integer.toString(OBJECTS)));
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }
}
