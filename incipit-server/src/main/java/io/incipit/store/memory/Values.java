// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import io.incipit.block.Hash64;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/// The records of values, by slot: 52 B each, and one array for a key and its checksums.
///
/// One thread, the writer, takes and frees slots and changes states; any thread pins and unpins.
/// Whoever has pinned a value may read its record.
final class Values {
  /*
   * One word says all that threads agree on:
   *
   *   STATE   generation (32) | state (4) | pins (28)
   *
   *   FREE -> RESERVED -> COMMITTED <-> CLOSING
   *                |          |  |         |
   *                v          v  |         v
   *             REMOVED <-----+  +-> QUARANTINED     back to FREE with the next generation
   *
   * Pins are added to COMMITTED (readers) and RESERVED (parts being written) only, by compare and
   * set of the whole word, so a pin proves generation and state. REMOVED and QUARANTINED keep
   * their pins; whoever takes the last one away hands the slot to the writer (released), on a list
   * that goes through the slots and so needs no memory. The writer sets CLOSING only where there
   * are no pins, to look at the lease or to change the place with nobody reading, for as long as
   * that takes; readers try again.
   *
   * The other words are written by the writer while nobody can pin the slot, but for
   *   LEASE    by readers under a pin, by compare and set to a later time
   *   CHECKED  by readers under a pin: any of the times may stay
   *   EXPIRY   by the writer at any time: readers see the time before or after
   * LEASE is also the link of the list of slots handed over, written by whoever releases the slot.
   *
   * LEASE and CHECKED are in ticks, which wrap: they are read within years of being written.
   *
   * A key and the checksums of a value of several pieces are one array, to save a header:
   *
   *   TEXT     key, 4 B for each piece
   */
  static final int FREE = 0;
  static final int RESERVED = 1;
  static final int COMMITTED = 2;
  static final int CLOSING = 3;
  static final int REMOVED = 4;
  static final int QUARANTINED = 5;

  static final int NONE = -1;

  private static final int PINS_BITS = 28;
  private static final int PINS_MAX = (1 << PINS_BITS) - 1;
  private static final int STATE_BITS = 4;
  private static final int GENERATION_SHIFT = PINS_BITS + STATE_BITS;

  private static final int STATE = 0;
  private static final int OFFSET = 1;

  /// The checksum of a value of one piece, above its length.
  private static final int LENGTH = 2;

  private static final int PLACE = 3;
  private static final int EXPIRY = 4;
  private static final int WORDS = 5;

  private static final int LEASE = 0;
  private static final int CHECKED = 1;
  private static final int TIMES = 2;

  private static final int TICK_LOG = 26;

  /// Nanoseconds of a tick: 67 ms.
  static final long TICK_NS = 1L << TICK_LOG;

  /// The expiry of what does not expire.
  static final long NEVER = 0;

  private static final int PAGE_LOG = 10;
  private static final int PAGE = 1 << PAGE_LOG;

  /// How often a reader looks again at a value that is just being moved.
  private static final int TURNS_MAX = 1 << 16;

  private static final byte[] NO_TEXT = {};

  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle TIME = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle CHECKSUM =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

  /// Records of consecutive slots.
  private static final class Page {
    final long[] words = new long[PAGE * WORDS];
    final int[] times = new int[PAGE * TIMES];
    final byte[][] texts = new byte[PAGE][];
  }

  private final FaultPoints faults;
  private final StoreFault planted;
  private volatile Page[] pages = new Page[0];
  private int freeHead = NONE;
  private final AtomicInteger releasedHead = new AtomicInteger(NONE);
  private int used;

  Values(FaultPoints faults, StoreFault planted) {
    this.faults = faults;
    this.planted = planted;
  }

  /// Takes a slot for a value that is going to be written.
  int reserve(byte[] key, int length) {
    if (freeHead == NONE) {
      addPage();
    }
    int sums = checksumBytes(length);
    var text = sums == 0 ? key : Arrays.copyOf(key, key.length + sums);
    int slot = freeHead;
    freeHead = (int) get(slot, OFFSET);
    page(slot).texts[slot & (PAGE - 1)] = text;
    set(slot, LENGTH, length);
    set(slot, EXPIRY, NEVER);
    used++;
    WORD.setRelease(words(slot), at(slot, STATE), word(generation(slot), RESERVED));
    return slot;
  }

  /// Says where the value of a slot is.
  void place(int slot, long place, long offset) {
    set(slot, PLACE, place);
    set(slot, OFFSET, offset);
  }

  /// Makes what was reserved readable, if it is still reserved and nobody writes it.
  ///
  /// @param checksums one for each piece
  boolean commit(int slot, int[] checksums, long nowNs) {
    if (checksums.length == 1) {
      set(slot, LENGTH, ((long) checksums[0] << 32) | length(slot));
    } else {
      int keyLength = keyLength(slot);
      for (int piece = 0; piece < checksums.length; piece++) {
        CHECKSUM.set(text(slot), keyLength + piece * Integer.BYTES, checksums[piece]);
      }
    }
    TIME.set(times(slot), time(slot, LEASE), tick(nowNs));
    TIME.set(times(slot), time(slot, CHECKED), tick(nowNs));
    return swap(slot, RESERVED, COMMITTED);
  }

  /// Frees a slot, for its next generation.
  void free(int slot) {
    long generation = generation(slot) + (planted == StoreFault.KEEP_GENERATION ? 0 : 1);
    page(slot).texts[slot & (PAGE - 1)] = NO_TEXT;
    used--;
    WORD.setRelease(words(slot), at(slot, STATE), word(generation & Handle.GENERATION_MAX, FREE));
    if (generation <= Handle.GENERATION_MAX) {
      set(slot, OFFSET, freeHead);
      freeHead = slot;
    }
  }

  /// Puts `to` for `from`, where that is the state and there are no pins.
  boolean swap(int slot, int from, int to) {
    long generation = generation(slot);
    return WORD.compareAndSet(
        words(slot), at(slot, STATE), word(generation, from), word(generation, to));
  }

  /// Puts `to` for `from` with the pins that there are.
  ///
  /// @return how many, or [#NONE] if the state is another
  int end(int slot, long generation, int from, int to) {
    while (true) {
      long word = word(slot);
      if (stateOf(word) != from || word >>> GENERATION_SHIFT != generation) {
        return NONE;
      }
      int pins = (int) word & PINS_MAX;
      if (WORD.compareAndSet(words(slot), at(slot, STATE), word, word(generation, to) | pins)) {
        return pins;
      }
    }
  }

  /// Pins a slot in a state, whatever its generation.
  ///
  /// @return the generation, or 0 if the state is another
  long pin(int slot, int state) {
    for (int turn = 0; turn < TURNS_MAX; turn++) {
      long word = word(slot);
      if (stateOf(word) == state) {
        if (((int) word & PINS_MAX) == PINS_MAX) {
          throw new IllegalStateException("pins: %d (expected: less)".formatted(PINS_MAX));
        }
        if (WORD.compareAndSet(words(slot), at(slot, STATE), word, word + 1)) {
          return word >>> GENERATION_SHIFT;
        }
      } else if (stateOf(word) != CLOSING) {
        return 0;
      }
      Thread.onSpinWait();
    }
    return 0;
  }

  /// Pins the value that a handle names, if it is in a state.
  boolean pinIfNamed(long handle, int state) {
    int slot = Handle.slot(handle);
    if (handle < 0 || slot >= pages.length << PAGE_LOG) {
      return false;
    }
    long generation = pin(slot, state);
    if (generation == Handle.generation(handle)) {
      return generation != 0;
    }
    if (generation != 0) {
      unpin(slot);
    }
    return false;
  }

  /// Takes a pin away. The last one of what is no more hands the slot to the writer.
  void unpin(int slot) {
    long word = (long) WORD.getAndAdd(words(slot), at(slot, STATE), -1L) - 1;
    if ((word & PINS_MAX) == 0 && stateOf(word) >= REMOVED) {
      release(slot);
    }
  }

  private void release(int slot) {
    int head;
    do {
      head = releasedHead.get();
      TIME.set(times(slot), time(slot, LEASE), head);
    } while (!releasedHead.compareAndSet(head, slot));
  }

  /// The first of the slots that were handed to the writer since it last asked, or [#NONE].
  int takeReleased() {
    return releasedHead.getAndSet(NONE);
  }

  boolean hasReleased() {
    return releasedHead.get() != NONE;
  }

  /// The slot behind one of [#takeReleased]. Asked before that one is freed.
  int nextReleased(int slot) {
    return (int) TIME.get(times(slot), time(slot, LEASE));
  }

  /// Keeps a value until a time, or up to a tick longer, if that is later than it is kept so far.
  /// Under a pin.
  void lease(int slot, long untilNs) {
    int until = tick(untilNs - 1) + 1;
    int now = (int) TIME.getOpaque(times(slot), time(slot, LEASE));
    while (until - now > 0) {
      int seen = (int) TIME.compareAndExchange(times(slot), time(slot, LEASE), now, until);
      if (seen == now) {
        return;
      }
      now = seen;
    }
  }

  /// Whether a value is to be kept.
  boolean isLeased(int slot, long nowNs) {
    return (int) TIME.getOpaque(times(slot), time(slot, LEASE)) - tick(nowNs) > 0;
  }

  /// When a value was last checked, or up to a tick before.
  long checkedNs(int slot, long nowNs) {
    int ticks = tick(nowNs) - (int) TIME.getOpaque(times(slot), time(slot, CHECKED));
    return ((nowNs >> TICK_LOG) - ticks) << TICK_LOG;
  }

  void checked(int slot, long nowNs) {
    TIME.setOpaque(times(slot), time(slot, CHECKED), tick(nowNs));
  }

  private static int tick(long ns) {
    return (int) (ns >> TICK_LOG);
  }

  /// Sets when a value expires. Writer.
  void expiry(int slot, long atNs) {
    WORD.setOpaque(words(slot), at(slot, EXPIRY), atNs);
  }

  /// When a value expires, or [#NEVER].
  long expiry(int slot) {
    return (long) WORD.getOpaque(words(slot), at(slot, EXPIRY));
  }

  /// Slots that there are, used or not.
  int slots() {
    return pages.length << PAGE_LOG;
  }

  int state(int slot) {
    return stateOf(word(slot));
  }

  int pins(int slot) {
    return (int) word(slot) & PINS_MAX;
  }

  long generation(int slot) {
    return word(slot) >>> GENERATION_SHIFT;
  }

  long handle(int slot) {
    return Handle.of(slot, generation(slot));
  }

  /// Whether a handle names a value in a state.
  boolean isNamed(long handle, int state) {
    int slot = Handle.slot(handle);
    return handle >= 0
        && slot < pages.length << PAGE_LOG
        && word(slot) >>> PINS_BITS == word(Handle.generation(handle), state) >>> PINS_BITS;
  }

  /// The key of a value, not to be changed.
  byte[] key(int slot) {
    var text = text(slot);
    int length = keyLength(slot);
    return length == text.length ? text : Arrays.copyOf(text, length);
  }

  int keyLength(int slot) {
    return Math.max(0, text(slot).length - checksumBytes(length(slot)));
  }

  boolean isKey(int slot, byte[] key) {
    int length = keyLength(slot);
    return length == key.length && Arrays.equals(text(slot), 0, length, key, 0, length);
  }

  /// A hash of the key of a value, as [Hash64#chain(long, byte\[\], int, int)] has it.
  long hash(int slot, long seed) {
    return Hash64.chain(seed, text(slot), 0, keyLength(slot));
  }

  private byte[] text(int slot) {
    return page(slot).texts[slot & (PAGE - 1)];
  }

  /// Those of a value of one piece are in its record.
  private static int checksumBytes(int length) {
    return length <= Pieces.BYTES ? 0 : Integer.BYTES * Pieces.count(length);
  }

  long offset(int slot) {
    return get(slot, OFFSET);
  }

  int length(int slot) {
    return (int) get(slot, LENGTH);
  }

  long place(int slot) {
    return get(slot, PLACE);
  }

  int checksum(int slot, int piece) {
    if (length(slot) <= Pieces.BYTES) {
      return (int) (get(slot, LENGTH) >>> 32);
    }
    return (int) CHECKSUM.get(text(slot), keyLength(slot) + piece * Integer.BYTES);
  }

  long heapBytes() {
    return (long) pages.length * PAGE * (WORDS * Long.BYTES + (TIMES + 1) * Integer.BYTES);
  }

  /// Slots that are not free.
  int used() {
    return used;
  }

  private void addPage() {
    faults.reach();
    int first = pages.length << PAGE_LOG;
    var page = new Page();
    var longer = Arrays.copyOf(pages, pages.length + 1);
    longer[pages.length] = page;
    Arrays.fill(page.texts, NO_TEXT);
    pages = longer;
    for (int slot = first + PAGE - 1; slot >= first; slot--) {
      set(slot, STATE, word(1, FREE));
      set(slot, OFFSET, freeHead);
      freeHead = slot;
    }
  }

  private Page page(int slot) {
    return pages[slot >>> PAGE_LOG];
  }

  private long[] words(int slot) {
    return page(slot).words;
  }

  private int[] times(int slot) {
    return page(slot).times;
  }

  private static int time(int slot, int which) {
    return (slot & (PAGE - 1)) * TIMES + which;
  }

  private static int at(int slot, int word) {
    return (slot & (PAGE - 1)) * WORDS + word;
  }

  private long get(int slot, int word) {
    return words(slot)[at(slot, word)];
  }

  private void set(int slot, int word, long value) {
    words(slot)[at(slot, word)] = value;
  }

  private long word(int slot) {
    return (long) WORD.getAcquire(words(slot), at(slot, STATE));
  }

  private static long word(long generation, int state) {
    return (generation << GENERATION_SHIFT) | ((long) state << PINS_BITS);
  }

  private static int stateOf(long word) {
    return (int) (word >>> PINS_BITS) & ((1 << STATE_BITS) - 1);
  }
}
