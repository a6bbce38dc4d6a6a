// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

import io.incipit.env.Clock;
import io.incipit.store.memory.Reservation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The puts that are under way, by the names that their writers gave them. Writers of one put need
/// not know of each other: the ranks of a model send theirs over connections of their own.
///
/// For the store's writer.
public final class StagedPuts {
  /// The most puts at a time.
  public static final int PUTS_MAX = 4_096;

  /// What a put is called.
  ///
  /// @param space in which blocks are put
  /// @param name as its writers say it
  public record Name(Space space, String name) {}

  /// @param deadlineNs when it is given up, by the clock
  private record Open(StagedPut put, long deadlineNs) {}

  private final Clock clock;
  private final long timeoutNs;

  /// In the order in which they began, so of their deadlines.
  private final LinkedHashMap<Name, Open> puts = new LinkedHashMap<>();

  /// None yet.
  ///
  /// @param timeoutNs after which a put is given up
  public StagedPuts(Clock clock, long timeoutNs) {
    this.clock = clock;
    this.timeoutNs = timeoutNs;
  }

  /// Adds a part to a put, which begins with it if there is none of that name.
  ///
  /// @param dropped takes what is given up for it
  /// @return what to tell whoever asked if it was not taken, else empty
  public String add(
      Name name, Block block, int part, Reservation value, Consumer<Reservation> dropped) {
    var put = open(name);
    if (put == null) {
      return "BUSY put: %d are under way (expected: fewer than %d)"
          .formatted(puts.size(), PUTS_MAX);
    }
    if (put.contradicts(block)) {
      return "SYNTAX part: another parent or number of parts than the block's others in this put";
    }
    if (put.parts() >= StagedPut.PARTS_MAX) {
      return "LIMIT put: %d parts (expected: at most %d)"
          .formatted(put.parts() + 1, StagedPut.PARTS_MAX);
    }
    put.add(block, part, value).forEach(dropped);
    return "";
  }

  private @Nullable StagedPut open(Name name) {
    var open = puts.get(name);
    if (open == null && puts.size() < PUTS_MAX) {
      open = new Open(new StagedPut(), clock.nanoTime() + timeoutNs);
      puts.put(name, open);
    }
    return open == null ? null : open.put();
  }

  /// Notes that a part of a block was not taken.
  public void decline(Name name, long id) {
    var put = open(name);
    if (put != null) {
      put.decline(id);
    }
  }

  /// The put of a name.
  public Optional<StagedPut> find(Name name) {
    return Optional.ofNullable(puts.get(name)).map(Open::put);
  }

  /// The put of a name, which is not under way any more.
  public Optional<StagedPut> take(Name name) {
    return Optional.ofNullable(puts.remove(name)).map(Open::put);
  }

  /// Takes those whose time is over.
  public List<StagedPut> expired() {
    var late = new ArrayList<StagedPut>();
    var all = puts.values().iterator();
    while (all.hasNext()) {
      var open = all.next();
      if (clock.nanoTime() - open.deadlineNs() < 0) {
        break;
      }
      late.add(open.put());
      all.remove();
    }
    return late;
  }

  /// Puts that are under way.
  public int size() {
    return puts.size();
  }
}
