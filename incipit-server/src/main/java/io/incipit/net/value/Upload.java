// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.protocol.Limits;
import io.incipit.store.Change;
import io.incipit.store.Patience;
import io.incipit.store.Store;
import io.incipit.store.memory.Part;
import io.incipit.store.memory.Reservation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A large value that comes in: its bytes go to the place where they will be kept. If there is none
/// they are taken all the same, and the request is refused when it is complete.
///
/// For its connection's event loop; as a change it reserves the place.
public class Upload implements Change {
  private final Store store;
  private final byte[] key;
  private final int length;
  private final Runnable wake;
  private volatile @Nullable Reservation reservation;
  private @Nullable Part part;
  private int missing;

  /// What [#place] gave out last.
  private @Nullable ByteBuf lent;

  /// What the request is to be told; empty if it may go on.
  private String refusal = "";

  private boolean unwanted;

  /// Whether nobody wants it any more, also before it has a place.
  private volatile boolean closed;

  /// Set by the store's thread, last.
  private volatile boolean settled;

  /// @param wake called when there is a place, or none, by any thread, unless [#begin] said so
  Upload(Store store, byte[] key, int length, Runnable wake) {
    this(store, key, length, "", wake);
  }

  private Upload(Store store, byte[] key, int length, String refusal, Runnable wake) {
    this.refusal = refusal;
    this.store = store;
    this.key = key;
    this.length = length;
    this.missing = length;
    this.wake = wake;
  }

  /// One that has no place, since its request is refused.
  static Upload refused(Store store, int length, String refusal, Runnable wake) {
    return new Upload(store, new byte[0], length, refusal, wake);
  }

  /// Whether there is to be a place at all. Change.
  boolean isWanted() {
    return true;
  }

  /// Under which it is kept.
  final byte[] key() {
    return key;
  }

  /// Whether it is not wanted any more, after no place was found. Change.
  boolean isGivenUp() {
    return false;
  }

  /// Whether there is no place, since it is not [wanted][#isWanted].
  final boolean isUnwanted() {
    return unwanted;
  }

  /// Asks for a place.
  final void begin() {
    if (!refusal.isEmpty()) {
      settled = true;
      return;
    }
    if (length > Limits.VALUE_BYTES_MAX) {
      refusal =
          "LIMIT value: %d bytes (expected: at most %d)".formatted(length, Limits.VALUE_BYTES_MAX);
    } else if (key.length > Limits.KEY_BYTES_MAX) {
      refusal = Keys.tooLong(key.length);
    } else if (!store.now(this)) {
      store.later(this);
      return;
    }
    settled = true;
  }

  @Override
  public final boolean run(Patience patience) {
    if (closed) {
      return true;
    }
    unwanted = !isWanted();
    if (unwanted) {
      return true;
    }
    var place = store.reserve(key, length, patience);
    if (place.isEmpty() && store.isRoomComing(patience)) {
      return false;
    }
    if (place.isEmpty()) {
      unwanted = isGivenUp();
      refusal = unwanted ? "" : store.noRoom(key, length);
    } else {
      reservation = place.get();
    }
    return true;
  }

  @Override
  public void made(boolean failed) {
    if (failed) {
      refusal = "INTERNAL the value was not stored; the server's log says why";
    }
    settled = true;
    if (closed) {
      abortPlace();
    }
    wake.run();
  }

  /// Whether bytes can be taken.
  public boolean isSettled() {
    return settled;
  }

  /// Bytes that are still to come.
  public int missing() {
    return missing;
  }

  /// The place of the next bytes, for a socket to read them into. It has to come to [#take] before
  /// anything else does, or be dropped; until then the place stays.
  ///
  /// @param lengthMax bytes, positive
  /// @return empty if there is no place
  public Optional<ByteBuf> place(int lengthMax) {
    var open = openPart();
    if (open.isEmpty()) {
      return Optional.empty();
    }
    lent = Unpooled.wrappedBuffer(open.get().room(Math.min(lengthMax, missing))).clear();
    return Optional.of(lent);
  }

  /// Takes bytes, as many as are missing at most. Those that are in their place already stay there.
  @SuppressWarnings("ReferenceEquality")
  public void take(ByteBuf bytes) {
    int count = Math.min(missing, bytes.readableBytes());
    var open = openPart();
    if (open.isPresent() && bytes != lent) {
      bytes.readBytes(open.get().room(count));
    } else {
      bytes.skipBytes(count);
    }
    open.ifPresent(there -> there.wrote(count));
    lent = null;
    took(count);
  }

  /// Takes bytes `[from, to)`, as many as are missing at most.
  ///
  /// @return how many
  public int take(byte[] bytes, int from, int to) {
    int count = Math.min(missing, to - from);
    openPart().ifPresent(open -> open.write(ByteBuffer.wrap(bytes, from, count)));
    took(count);
    return count;
  }

  /// The part that bytes go to; none if there is no place, or no more.
  private Optional<Part> openPart() {
    var place = reservation;
    if (part == null && place != null) {
      part = place.part(0, length);
    }
    return part == null || part.isEnded() ? Optional.empty() : Optional.of(part);
  }

  private void took(int count) {
    missing -= count;
    if (missing == 0 && part != null) {
      part.close();
    }
  }

  /// The place with the value in it; empty if there was none.
  Optional<Reservation> reservation() {
    return Optional.ofNullable(reservation);
  }

  /// The value is committed, or given up: there is nothing to close.
  void release() {
    reservation = null;
  }

  /// Why there is none; empty if there is one.
  String refusal() {
    return refusal;
  }

  int length() {
    return length;
  }

  /// Gives up what is not committed. Once, when nothing more is done with it.
  public void close() {
    closed = true;
    if (part != null) {
      part.close();
    }
    abortPlace();
  }

  private void abortPlace() {
    var place = reservation;
    if (place != null) {
      reservation = null;
      var end = Change.quietly(() -> store.abort(place));
      if (!store.now(end)) {
        store.later(end);
      }
    }
  }
}
