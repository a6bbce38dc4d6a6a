// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.protocol.RespBuffer;
import io.incipit.store.Store;
import io.incipit.store.memory.Pieces;
import io.incipit.store.memory.Pin;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The values of a prefix: those of leading keys that are there and can be delivered before a
/// deadline, each with its checksums, up to the first that turns out not to be so. At the end it is
/// said why there are no more. Where the client reads the memory itself, it is said where a value
/// is instead of its bytes.
final class Fetch implements Series {
  private static final long NS_PER_MS = 1_000_000;
  private static final double NS_PER_SECOND = 1e9;

  /// Bytes a second of a disk that nothing was read from yet.
  private static final long DISK_GUESS = 512L << 20;

  /// The part of the memory that one fetch keeps from the start; of more, what comes next. What is
  /// on disk needs room, too.
  private static final int PINNED_PART = 8;

  /// What is said of where a value is, beside its checksums.
  private static final int PLACE_BYTES = 96;

  private final Store store;
  private final MeasuredOutput output;
  private final Optional<Store.Shared> shared;
  private final boolean limited;
  private final long deadlineNs;

  private Stop why = Stop.END;

  /// The first key that is not delivered, unless all are.
  private int stoppedAt;

  /// The next key whose value is sent or left out.
  private int next;

  /// Whether a value that was to be sent was left out, and so all behind it.
  private boolean cut;

  private @Nullable Future<?> alarm;

  /// 0 as long as nobody asked.
  private double diskNsPerByte;

  /// @param deadlineMs from now on, or 0 if there is none
  /// @param shared how the client reads the memory itself, if it does
  Fetch(Store store, MeasuredOutput output, long deadlineMs, Optional<Store.Shared> shared) {
    this.store = store;
    this.output = output;
    this.shared = shared;
    this.limited = deadlineMs > 0;
    this.deadlineNs = store.clock().nanoTime() + deadlineMs * NS_PER_MS;
  }

  /// Chooses the leading keys whose values are there and can be delivered in time.
  ///
  /// Values leave one after the other; those on disk are read meanwhile.
  ///
  /// @param reader pins the value of a key, if it is in memory
  /// @param download to which they are added
  /// @return how many
  int choose(List<byte[]> keys, Function<byte[], Optional<Pin>> reader, Download download) {
    double nsPerByte = NS_PER_SECOND / output.bytesPerSecond();
    double sentNs = output.waitingBytes() * nsPerByte;
    double readNs = 0;
    long pinned = 0;
    for (int i = 0; i < keys.size(); i++) {
      var key = keys.get(i);
      var pin = reader.apply(key);
      var length = pin.map(Pin::length).or(() -> store.find(key).map(Store.Found::length));
      if (length.isEmpty()) {
        return end(Stop.MISS, i);
      }
      if (limited && pin.isEmpty()) {
        readNs += length.get() * diskNsPerByte();
      }
      sentNs = Math.max(sentNs, readNs) + sentBytes(length.get()) * nsPerByte;
      if (limited && sentNs > leftNs()) {
        pin.ifPresent(Pin::close);
        return end(Stop.DEADLINE, i);
      }
      pinned += pin.isPresent() ? length.get() : 0;
      if (pinned > store.totalBytes() / PINNED_PART) {
        pin.ifPresent(Pin::close);
        download.add(key, Optional.empty());
      } else {
        download.add(key, pin);
      }
    }
    return keys.size();
  }

  /// There is no value behind those that were chosen.
  void endsMissing(int index) {
    end(Stop.MISS, index);
  }

  private double diskNsPerByte() {
    if (diskNsPerByte == 0) {
      long measured = store.diskBytesPerSecond();
      diskNsPerByte = NS_PER_SECOND / (measured > 0 ? measured : DISK_GUESS);
    }
    return diskNsPerByte;
  }

  private int end(Stop cause, int index) {
    why = cause;
    stoppedAt = index;
    return index;
  }

  /// Bytes at most of what is said of where a value is.
  static int placeBytes(int length) {
    return PLACE_BYTES + Pieces.count(length) * Integer.BYTES;
  }

  /// Bytes that are sent for a value.
  private int sentBytes(int length) {
    return hasBytes() ? length : placeBytes(length);
  }

  private long leftNs() {
    return deadlineNs - store.clock().nanoTime();
  }

  /// How long it takes until so many bytes have left, behind those that wait.
  private double sendNs(int bytes) {
    return (output.waitingBytes() + bytes) * NS_PER_SECOND / output.bytesPerSecond();
  }

  @Override
  public boolean isOver() {
    return cut || (limited && leftNs() <= 0);
  }

  @Override
  public boolean admits(int bytes) {
    return !cut && (!limited || sendNs(sentBytes(bytes)) <= leftNs());
  }

  @Override
  public boolean provesFirst() {
    return true;
  }

  @Override
  public boolean hasBytes() {
    return shared.isEmpty();
  }

  @Override
  public void begin(Pin pin, RespBuffer out) {
    next++;
    if (shared.isPresent()) {
      pin.lease(shared.get().leaseMs() * NS_PER_MS);
      out.array(4).integer(pin.offset()).integer(pin.length()).integer(pin.handle());
    } else {
      out.array(2);
    }
    int at = out.beginBulk(pin.pieces() * Integer.BYTES);
    for (int piece = 0; piece < pin.pieces(); piece++) {
      out.putInt(at + piece * Integer.BYTES, pin.checksum(piece));
    }
  }

  @Override
  public void missing(Stop cause, RespBuffer out) {
    if (!cut) {
      cut = true;
      end(cause, next);
    }
    next++;
    out.nullArray();
  }

  @Override
  public void awaits(Runnable wake) {
    if (limited && alarm == null) {
      alarm = output.after(Math.max(0, leftNs()), wake);
    }
  }

  @Override
  public void end(RespBuffer out) {
    out.simple(why == Stop.END ? why.name() : why + " " + stoppedAt);
    close();
  }

  @Override
  public void close() {
    if (alarm != null) {
      alarm.cancel(false);
    }
  }
}
