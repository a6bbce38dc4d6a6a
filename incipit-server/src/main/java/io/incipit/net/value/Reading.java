// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.Optional;
import java.util.function.IntFunction;

/// What the socket of one connection is read into: the place where a large value will be kept,
/// while one comes in, else a buffer of the allocator's. For its event loop.
public final class Reading extends DefaultMaxMessagesRecvByteBufAllocator {
  /// Bytes of a read into a place: few calls, and what was read is still in the processor's cache
  /// when its checksum is made.
  private static final int PLACE_BYTES = 256 << 10;

  /// Reads after which the other connections of the loop have their turn; one that does not fill
  /// its buffer is the last before.
  private static final int TURN_READS = 16;

  /// Bytes after which they have it, too.
  private static final int TURN_BYTES = 1 << 20;

  private final int usualBytes;
  private final IntFunction<Optional<ByteBuf>> place;

  /// @param usualBytes of a read that goes to no place
  /// @param place where the next bytes belong, of so many at most; empty if there is no such place
  public Reading(int usualBytes, IntFunction<Optional<ByteBuf>> place) {
    super(TURN_READS);
    this.usualBytes = usualBytes;
    this.place = place;
  }

  @Override
  @SuppressWarnings("deprecation")
  public Handle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public int guess() {
        return usualBytes;
      }

      @Override
      public ByteBuf allocate(ByteBufAllocator allocator) {
        return place.apply(PLACE_BYTES).orElseGet(() -> allocator.ioBuffer(usualBytes));
      }

      @Override
      public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
        return totalBytesRead() < TURN_BYTES && super.continueReading(maybeMore);
      }
    };
  }
}
