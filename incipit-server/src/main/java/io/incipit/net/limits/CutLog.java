// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.limits;

import io.incipit.env.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Says which connections the server ended, and why: a few lines a minute for each reason, with the
/// number of those left unsaid. Thread-safe.
public final class CutLog {
  /// Lines of one reason in one minute.
  public static final int LINES_A_MINUTE = 5;
  private static final long MINUTE_NS = 60_000_000_000L;

  private final Clock clock;
  private final Consumer<String> lines;
  private final Map<String, Spell> spells = new TreeMap<>();

  /// A minute of one reason. Guarded by the map.
  private static final class Spell {
    private long startedNs;
    private int said;
    private long unsaid;
  }

  /// @param lines called for each line, by whoever ends a connection
  public CutLog(Clock clock, Consumer<String> lines) {
    this.clock = clock;
    this.lines = lines;
  }

  /// Notes that a connection was ended.
  ///
  /// @param reason one of a few words
  /// @param address of the other end
  public void cut(String reason, String address) {
    long unsaid;
    synchronized (spells) {
      var spell = spells.computeIfAbsent(reason, _ -> new Spell());
      long nowNs = clock.nanoTime();
      if (spell.said == 0 || nowNs - spell.startedNs >= MINUTE_NS) {
        spell.startedNs = nowNs;
        spell.said = 0;
      }
      if (spell.said == LINES_A_MINUTE) {
        spell.unsaid++;
        return;
      }
      spell.said++;
      unsaid = spell.unsaid;
      spell.unsaid = 0;
    }
    lines.accept(
        "cut-connection reason=%s address=%s unsaid=%d".formatted(reason, address, unsaid));
  }
}
