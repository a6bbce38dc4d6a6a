// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A process that prints what it does, a line for each, until it prints that it is at a point of
/// its work, where it stands still and is killed.
public final class KilledChild {
  /// Who hears what it prints.
  public interface Listener {
    /// It is at its point, and lives.
    default void reached() {
      // Most have nothing to look at then.
    }

    /// A line but the one that says so.
    void heard(String[] words);
  }

  private KilledChild() {}

  /// Runs it until it is killed and all that it has printed is heard.
  ///
  /// @param main its class
  /// @param linesMax beyond which it does not reach its point
  public static void run(Class<?> main, List<String> arguments, int linesMax, Listener listener)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-ea"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    var child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var out = child.inputReader()) {
      boolean reached = false;
      int lines = 0;
      for (var line = out.readLine(); line != null; line = out.readLine()) {
        lines++;
        assertTrue(lines <= linesMax, "the child does not reach its point");
        if (!line.startsWith("at ")) {
          listener.heard(line.split(" ", -1));
        } else if (!reached) {
          reached = true;
          listener.reached();
          // By its handle: what it has printed is still to be read.
          child.toHandle().destroyForcibly();
        }
      }
      assertTrue(reached, "the child ended by itself");
    } finally {
      child.destroyForcibly();
    }
  }
}
