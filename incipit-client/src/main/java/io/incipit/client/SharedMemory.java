// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.env.Clock;
import io.incipit.env.OwnFile;
import io.incipit.env.RawFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The memory of a server on this machine, read from the file that it is. Thread-safe.
///
/// Bytes are read by position and not mapped: the server cuts the file when it stops, and a process
/// that touches what is mapped beyond the end of a file is ended. Each 64 KiB are compared with
/// their checksum while they are in the processor's cache, and then copied once more.
final class SharedMemory implements Closeable {
  /// All values of one answer: as much as an array may have, as where they come over the wire.
  private static final long BYTES_MAX = Integer.MAX_VALUE;

  /// What servers call their memory, and the file system that it is on.
  private static final Pattern NAME = Pattern.compile("incipit-pool-[0-9a-f]{32}");

  private static final long AVOIDED_NS = 30_000_000_000L;
  private static final long NS_PER_MS = 1_000_000;

  private final Clock clock;
  private @Nullable String path;
  private @Nullable RawFile file;
  private long avoidedNs;
  private boolean avoided;
  private boolean closed;

  SharedMemory(Clock clock) {
    this.clock = clock;
  }

  /// Whether it has not worked of late, for a reason that will not have gone.
  synchronized boolean isAvoided() {
    avoided &= clock.nanoTime() - avoidedNs < AVOIDED_NS;
    return avoided;
  }

  /// It does not work, and is not tried again for a while.
  synchronized void avoid() {
    avoided = true;
    avoidedNs = clock.nanoTime();
    end();
  }

  /// Copies values out, and compares each with its checksums.
  ///
  /// @param askedNs before when they were asked for
  /// @return none if one of them is no more where it was, the lease is over, or all together are
  ///     more than 2 GiB
  Optional<Fetched> copy(WhereExchange.Located located, long askedNs) {
    long bytes = located.places().stream().mapToLong(WhereExchange.Place::length).sum();
    if (bytes > BYTES_MAX) {
      return Optional.empty();
    }
    try {
      if (!located.local()) {
        throw new IOException("the file would be on another machine");
      }
      var from = file(located.path());
      var piece = ByteBuffer.allocateDirect(FetchedReply.PIECE_BYTES);
      var blocks = new ArrayList<ByteBuffer>(located.places().size());
      for (var place : located.places()) {
        var copy = copy(from, place, piece);
        if (copy.isEmpty()) {
          return Optional.empty();
        }
        blocks.add(copy.get());
      }
      return isLeased(located, askedNs)
          ? Optional.of(new Fetched(blocks, located.end()))
          : Optional.empty();
    } catch (IOException | InvalidPathException _) {
      avoid();
      return Optional.empty();
    }
  }

  /// Whether all that was copied so far was to stay that long. Checksums alone would be right by
  /// chance once in 2^32.
  private boolean isLeased(WhereExchange.Located located, long askedNs) {
    return (clock.nanoTime() - askedNs) / NS_PER_MS < located.leaseMs();
  }

  private static Optional<ByteBuffer> copy(
      RawFile from, WhereExchange.Place place, ByteBuffer piece) throws IOException {
    if (place.offset() > from.bytes() - place.length()) {
      throw new IOException("the file is shorter than what is said to be in it");
    }
    var sums = place.checksums().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    var bytes = new byte[place.length()];
    var sum = new CRC32C();
    for (int at = 0; at < bytes.length; at += FetchedReply.PIECE_BYTES) {
      piece.clear().limit(Math.min(FetchedReply.PIECE_BYTES, bytes.length - at));
      while (piece.hasRemaining()) {
        if (from.read(piece, place.offset() + at + piece.position()) < 0) {
          throw new IOException("the file ends in the middle of a value");
        }
      }
      sum.reset();
      sum.update(piece.flip());
      if ((int) sum.getValue() != sums.getInt()) {
        return Optional.empty();
      }
      piece.get(0, bytes, at, piece.limit());
    }
    return Optional.of(ByteBuffer.wrap(bytes).asReadOnlyBuffer());
  }

  private synchronized RawFile file(String wanted) throws IOException {
    if (file == null || !wanted.equals(path)) {
      end();
      var opened = Path.of(wanted);
      if (closed || !opened.isAbsolute()) {
        throw new IOException("no file is opened");
      }
      file = open(opened);
      path = wanted;
    }
    return file;
  }

  /// Opens what may be the memory of a server, by its name and by where it is.
  private static RawFile open(Path path) throws IOException {
    var name = String.valueOf(path.getFileName());
    if (!NAME.matcher(name).matches() || !OwnFile.isInMemory(path)) {
      throw new IOException("no memory of a server");
    }
    return OwnFile.open(path);
  }

  /// Lets go of the file, which would keep the memory of a server that is gone.
  private synchronized void end() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException _) {
      // It was only read.
    }
    file = null;
    path = null;
  }

  @Override
  public synchronized void close() {
    closed = true;
    end();
  }
}
