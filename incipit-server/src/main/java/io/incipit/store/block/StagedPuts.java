// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

import io.incipit.env.Clock;
import io.incipit.store.memory.Reservation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private long bytes;
  private final Map<Space, Long> bySpace = new HashMap<>();

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
    if (put == null || put.isFull()) {
      return refusal(put);
    }
    if (put.contradicts(block)) {
      return "SYNTAX part: another parent or number of parts than the block's others in this put";
    }
    count(name, value.length());
    for (var before : put.add(block, part, value)) {
      count(name, -before.length());
      dropped.accept(before);
    }
    return "";
  }

  private String refusal(@Nullable StagedPut put) {
    return put == null
        ? "BUSY put: %d are under way (expected: fewer than %d)".formatted(puts.size(), PUTS_MAX)
        : "LIMIT put: %d parts (expected: at most %d)"
            .formatted(StagedPut.PARTS_MAX + 1, StagedPut.PARTS_MAX);
  }

  private @Nullable StagedPut open(Name name) {
    var open = puts.get(name);
    if (open == null && puts.size() < PUTS_MAX) {
      open = new Open(new StagedPut(), clock.nanoTime() + timeoutNs);
      puts.put(name, open);
    }
    return open == null ? null : open.put();
  }

  /// Notes that a part of a block was not taken, since it is not worth it.
  ///
  /// @return what to tell whoever asked if it cannot be noted, else empty
  public String decline(Name name, long id) {
    return note(name, put -> put.decline(id));
  }

  /// Notes that a part of a block was not taken, since the block is there.
  ///
  /// @return as [#decline]
  public String have(Name name, long id) {
    return note(name, put -> put.have(id));
  }

  private String note(Name name, Consumer<StagedPut> what) {
    var put = open(name);
    if (put == null || put.isFull()) {
      return refusal(put);
    }
    what.accept(put);
    return "";
  }

  /// Blocks that are under way in a space, by number.
  ///
  /// @param ids of the blocks that are looked for
  /// @param most look-ups: younger puts come before older ones
  public Map<Long, StagedPut.Staged> staged(Space space, long[] ids, int most) {
    var found = new HashMap<Long, StagedPut.Staged>();
    int left = ids.length == 0 ? 0 : Math.max(1, most / ids.length);
    for (var put : puts.sequencedEntrySet().reversed()) {
      if (left == 0) {
        break;
      }
      if (put.getKey().space().equals(space)) {
        left--;
        for (long id : ids) {
          put.getValue().put().find(id).ifPresent(staged -> found.putIfAbsent(id, staged));
        }
      }
    }
    return found;
  }

  /// The put of a name.
  public Optional<StagedPut> find(Name name) {
    return Optional.ofNullable(puts.get(name)).map(Open::put);
  }

  /// The put of a name, which is not under way any more.
  public Optional<StagedPut> take(Name name) {
    var taken = Optional.ofNullable(puts.remove(name)).map(Open::put);
    taken.ifPresent(put -> count(name, -put.bytes()));
    return taken;
  }

  /// Takes those whose time is over.
  public List<StagedPut> expired() {
    var late = new ArrayList<StagedPut>();
    while (!puts.isEmpty() && clock.nanoTime() - puts.firstEntry().getValue().deadlineNs() >= 0) {
      take(puts.firstEntry().getKey()).ifPresent(late::add);
    }
    return late;
  }

  /// Takes all of a space.
  public List<StagedPut> takeAll(Space space) {
    var names = puts.keySet().stream().filter(name -> name.space().equals(space)).toList();
    return names.stream().map(this::take).flatMap(Optional::stream).toList();
  }

  private void count(Name name, long more) {
    bytes += more;
    bySpace.merge(name.space(), more, (before, now) -> before + now == 0 ? null : before + now);
  }

  /// Bytes of all parts of a space.
  public long bytes(Space space) {
    return bySpace.getOrDefault(space, 0L);
  }

  /// Bytes of all parts.
  public long bytes() {
    return bytes;
  }

  /// Puts that are under way.
  public int size() {
    return puts.size();
  }
}
