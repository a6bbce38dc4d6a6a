// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Who holds which block, and when: each as an interval of steps. The plain truth beside the index.
final class Oracle {
  /// A time in which a holder had a block: at most from the beginning of the put to the end of the
  /// removal, for sure from the end of the one to the beginning of the other.
  private static final class Span {
    final int holder;
    final int begun;
    int sureFrom = NEVER;
    int sureTo = NEVER;
    int ended = NEVER;

    Span(int holder, int begun) {
      this.holder = holder;
      this.begun = begun;
    }
  }

  /// A location that a block had, until that of a later put is there.
  private static final class Place {
    final long location;
    final int begun;
    int done = NEVER;
    int ended = NEVER;

    Place(long location, int begun) {
      this.location = location;
      this.begun = begun;
    }
  }

  private static final int NEVER = Integer.MAX_VALUE;

  private final Map<Long, List<Span>> spans = new HashMap<>();
  private final Map<Long, List<Place>> places = new HashMap<>();
  private int step;

  static int holder(int owner, int tier) {
    return owner * 16 + tier;
  }

  int now() {
    return ++step;
  }

  /// A put begins: whoever looks from now on may find it.
  void putBegins(long hash, int holder, long location) {
    var all = spans.computeIfAbsent(hash, any -> new ArrayList<>());
    if (all.stream().noneMatch(span -> span.holder == holder && span.ended == NEVER)) {
      all.add(new Span(holder, step));
    }
    places.computeIfAbsent(hash, any -> new ArrayList<>()).add(new Place(location, step));
  }

  /// A put has ended: whoever looks from now on must find it.
  void putEnds(long hash, int holder, long location) {
    for (var span : spans.get(hash)) {
      if (span.holder == holder && span.ended == NEVER) {
        span.sureFrom = Math.min(span.sureFrom, step);
      }
    }
    for (var own : places.get(hash)) {
      if (own.location == location) {
        own.done = step;
        for (var other : places.get(hash)) {
          other.ended = other.done < own.begun ? Math.min(other.ended, step) : other.ended;
        }
      }
    }
  }

  void removeBegins(long hash, int holder) {
    for (var span : spans.getOrDefault(hash, List.of())) {
      if (span.holder == holder && span.ended == NEVER) {
        span.sureTo = Math.min(span.sureTo, step);
      }
    }
  }

  void removeEnds(long hash, int holder) {
    for (var span : spans.getOrDefault(hash, List.of())) {
      if (span.holder == holder && span.ended == NEVER) {
        span.ended = step;
      }
    }
  }

  /// Whether a holder had a block at some moment between two steps.
  boolean mayHold(long hash, int holder, int from, int to) {
    return spans.getOrDefault(hash, List.of()).stream()
        .anyMatch(span -> span.holder == holder && span.begun <= to && span.ended >= from);
  }

  /// Whether a holder had a block all the time between two steps.
  boolean mustHold(long hash, int holder, int from, int to) {
    return spans.getOrDefault(hash, List.of()).stream()
        .anyMatch(span -> span.holder == holder && span.sureFrom <= from && span.sureTo > to);
  }

  boolean mayLie(long hash, long location, int from, int to) {
    return places.getOrDefault(hash, List.of()).stream()
        .anyMatch(place -> place.location == location && place.begun <= to && place.ended >= from);
  }

  /// Complains of an answer to a look-up that took place between two steps.
  ///
  /// @return what is wrong; empty if nothing is
  String complaint(
      long[] hashes, int count, PoolAnswer answer, int holders, boolean located, int from, int to) {
    int blocks = answer.blocks();
    var held = new boolean[blocks][holders];
    for (int i = 0; i < answer.holders(); i++) {
      for (int block = answer.from(i); block < answer.to(i); block++) {
        int holder = holder(answer.owner(i), answer.tier(i));
        if (block >= blocks || holder >= holders || held[block][holder]) {
          return "interval %d of block %d, of %d".formatted(i, block, blocks);
        }
        held[block][holder] = true;
      }
    }
    for (int block = 0; block < count; block++) {
      for (int holder = 0; holder < holders; holder++) {
        boolean found = block < blocks && held[block][holder];
        if (found && !mayHold(hashes[block], holder, from, to)) {
          return "block %d is not of %d".formatted(block, holder);
        }
        if (!found && block < blocks && mustHold(hashes[block], holder, from, to)) {
          return "block %d is of %d".formatted(block, holder);
        }
        if (!found && block == blocks && mustHold(hashes[block], holder, from, to)) {
          return "block %d is of %d, and was not found".formatted(block, holder);
        }
      }
      if (block < blocks) {
        boolean any = false;
        for (boolean one : held[block]) {
          any |= one;
        }
        if (!any) {
          return "block %d is nobody's".formatted(block);
        }
        if (located && !mayLie(hashes[block], answer.location(block), from, to)) {
          return "location of block %d: %d".formatted(block, answer.location(block));
        }
      }
    }
    return "";
  }
}
