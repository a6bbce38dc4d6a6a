// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.salt;

import io.incipit.block.Hash64;
import io.incipit.block.Stat;
import io.incipit.store.block.Space;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Keys and bytes of values in memory by cache salt: those of keys that end in one one by one, and
/// those of blocks with the namespace whose contract names one.
///
/// At most [#NAMED_MAX] salts have a row of their own. A salt that comes while all rows are taken
/// is counted in the row of all others, and stays there until nothing of it is left, so that a row
/// with a name always has all of its salt. Which salts those are is known by a hash in 14 bits:
/// another with the same hash joins them.
///
/// One writer at a time tells what came and went, at the cost of a look-up; any thread reads, and
/// finds numbers of some moment each.
///
/// Memory, by the sizes of its objects: at most 300 KiB for names with what hangs on them, 64 KiB
/// for others once there are any, and 2 to 4 B for each slot of the store once a key has a salt.
public final class Salts {
  /// Salts that have a row of their own.
  public static final int NAMED_MAX = 1_024;

  /// Bytes of a salt that has a row of its own; longer ones have none.
  public static final int NAME_BYTES_MAX = 128;

  /// What stands for all salts without a row.
  public static final String OTHER = "other";

  /*
   * A place says where something is counted: 0 nowhere, up to NAMED_MAX a row, and above that one
   * of the parts of the others. All fit into a char.
   */
  private static final int NOWHERE = 0;
  private static final int OTHER_PARTS = 1 << 14;

  private static final class Sum {
    final String name;
    final int place;
    final AtomicLong keys = new AtomicLong();
    final AtomicLong bytes = new AtomicLong();

    Sum(String name, int place) {
      this.name = name;
      this.place = place;
    }

    SaltRow row(boolean exact) {
      return new SaltRow(name, keys.get(), bytes.get(), exact);
    }
  }

  private final long seed;
  private final Map<String, Sum> byName = new ConcurrentHashMap<>();
  private final @Nullable Sum[] named = new Sum[NAMED_MAX + 1];

  /// Places of rows that nobody has: the first so many.
  private final int[] free = new int[NAMED_MAX];

  private int freed = NAMED_MAX;
  private final Sum others = new Sum(OTHER, NAMED_MAX + 1);

  /// Keys by part of the others; none until there are others.
  private int[] otherKeys = new int[0];

  /// By slot, where its value is counted.
  private char[] places = new char[0];

  private final AtomicLong uncounted = new AtomicLong();

  /// @param seed of the hash of salts, not to be guessed
  public Salts(long seed) {
    this.seed = seed;
    for (int i = 0; i < NAMED_MAX; i++) {
      free[i] = NAMED_MAX - i;
    }
  }

  /// A key that ends in a salt has a value. Writer.
  ///
  /// @param slot of the value
  /// @param salt its bytes, each as a character
  /// @param bytes of the value
  public void came(int slot, String salt, int bytes) {
    if (slot >= places.length) {
      places = Arrays.copyOf(places, Math.max(64, Math.max(slot + 1, 2 * places.length)));
    }
    int place = place(salt);
    add(place, 1, bytes);
    places[slot] = (char) place;
  }

  /// The value in a slot is no more, if any of a salt was there. Writer.
  public void gone(int slot, int bytes) {
    if (slot < places.length && places[slot] != NOWHERE) {
      int place = places[slot];
      places[slot] = NOWHERE;
      add(place, -1, -bytes);
    }
  }

  /// A part of a block has a value. Writer.
  public void came(Space space, int bytes) {
    space.holds(1, bytes);
    if (space.saltPlace() == NOWHERE) {
      settle(space);
    } else {
      add(space.saltPlace(), 1, bytes);
    }
  }

  /// A part of a block has none any more. Writer.
  public void gone(Space space, int bytes) {
    space.holds(-1, -bytes);
    if (space.saltPlace() != NOWHERE) {
      add(space.saltPlace(), -1, -bytes);
      if (space.keys() == 0) {
        space.saltPlace(NOWHERE);
      }
    }
  }

  /// Counts what is there of a space, if its salt has become known since. Writer.
  public void settle(Space space) {
    var salt = space.salt();
    if (space.saltPlace() == NOWHERE && space.keys() > 0 && !salt.isEmpty()) {
      int place = place(bytesOf(salt));
      add(place, space.keys(), space.bytes());
      space.saltPlace(place);
    }
  }

  /// The bytes of a text, each as a character.
  private static String bytesOf(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /// Something came for which there was no heap to count it: no row is exact from now on.
  public void missed() {
    uncounted.incrementAndGet();
  }

  private int place(String salt) {
    var there = byName.get(salt);
    if (there != null) {
      return there.place;
    }
    int part = (int) hash(salt) & (OTHER_PARTS - 1);
    boolean amongOthers = otherKeys.length > 0 && otherKeys[part] > 0;
    if (freed == 0 || amongOthers || salt.length() > NAME_BYTES_MAX) {
      if (otherKeys.length == 0) {
        otherKeys = new int[OTHER_PARTS];
      }
      return others.place + part;
    }
    var sum = new Sum(salt, free[freed - 1]);
    byName.put(salt, sum);
    named[sum.place] = sum;
    freed--;
    return sum.place;
  }

  private long hash(String salt) {
    var bytes = salt.getBytes(StandardCharsets.ISO_8859_1);
    return Hash64.chain(seed, bytes, 0, bytes.length);
  }

  private void add(int place, long keys, long bytes) {
    if (place > NAMED_MAX) {
      otherKeys[place - others.place] += (int) keys;
      others.keys.addAndGet(keys);
      others.bytes.addAndGet(bytes);
      return;
    }
    var sum = named[place];
    if (sum == null) {
      // Only after something was missed.
      return;
    }
    sum.bytes.addAndGet(bytes);
    if (sum.keys.addAndGet(keys) <= 0) {
      named[place] = null;
      byName.remove(sum.name);
      free[freed++] = place;
    }
  }

  /// The salts that have most bytes in memory, and behind them the row of all without one of their
  /// own, if there are any. Any thread; costs the sorting of [#NAMED_MAX] rows.
  ///
  /// @param most rows with a name
  public List<SaltRow> rows(int most) {
    boolean exact = uncounted.get() == 0;
    var rows = new ArrayList<SaltRow>();
    byName.values().forEach(sum -> rows.add(sum.row(exact)));
    rows.removeIf(row -> row.keys() <= 0);
    rows.sort(Comparator.comparingLong(SaltRow::bytes).reversed().thenComparing(SaltRow::salt));
    var shown = new ArrayList<>(rows.subList(0, Math.min(most, rows.size())));
    if (others.keys.get() > 0) {
      shown.add(others.row(false));
    }
    return shown;
  }

  /// Totals, each of some moment. Any thread.
  public List<Stat> stats() {
    long keys = others.keys.get();
    long bytes = others.bytes.get();
    for (var sum : byName.values()) {
      keys += sum.keys.get();
      bytes += sum.bytes.get();
    }
    return List.of(
        Stat.gauge("store-salts", byName.size()),
        Stat.gauge("store-salted-keys", keys),
        Stat.gauge("store-salted-bytes", bytes),
        Stat.gauge("store-salted-other-bytes", others.bytes.get()),
        Stat.counter("store-salted-uncounted", uncounted.get()));
  }
}
