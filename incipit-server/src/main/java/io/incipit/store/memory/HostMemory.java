// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;

/// One mapping of memory, in none of the heap's limits: anonymous, or of a file that others read.
///
/// On Linux anonymous memory is mapped, and takes real memory where it is written first, or at once
/// when it is touched beforehand; elsewhere it is allocated and zeroed, which touches it.
public final class HostMemory implements Memory {
  private static final int PAGE = 4096;
  private static final int PROT_READ_WRITE = 1 | 2;

  /// `MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE` of Linux.
  private static final int MAP_ANONYMOUS = 0x02 | 0x20 | 0x4000;

  /// `MAP_SHARED`.
  private static final int MAP_FILE = 0x01;

  private static final int NO_FILE = -1;

  /// What `mmap` returns when it fails.
  private static final long MAP_FAILED = -1;

  private static final byte PATTERN = 0x55;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;
  private final Optional<Backing> backing;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// The open file that memory is.
  public interface Backing {
    /// Its number in this process.
    int file();

    /// By which other processes read it.
    String path();

    /// Takes its name away. Called first when the memory is closed, while it is still mapped.
    void unname();

    /// Gives it back. Called when it is not mapped any more, and not at all if that fails.
    void end();
  }

  /// Maps `bytes`.
  ///
  /// @param touched whether each page is written now, so that none is missing later
  /// @throws IllegalStateException if the system does not give them
  public HostMemory(long bytes, boolean touched) {
    this.segment = isLinux() ? map(bytes, NO_FILE, arena) : arena.allocate(bytes, PAGE);
    this.backing = Optional.empty();
    if (touched) {
      for (long at = 0; at < bytes; at += PAGE) {
        segment.set(ValueLayout.JAVA_BYTE, at, (byte) 0);
      }
    }
  }

  private HostMemory(Backing backing, long bytes) {
    this.segment = map(bytes, backing.file(), arena);
    this.backing = Optional.of(backing);
  }

  /// Maps an open file, all of which has room: Linux only.
  ///
  /// @throws IllegalStateException if the system does not map it
  public static HostMemory shared(Backing backing, long bytes) {
    return new HostMemory(backing, bytes);
  }

  private static boolean isLinux() {
    return System.getProperty("os.name", "").equals("Linux");
  }

  @SuppressWarnings("restricted")
  private static MemorySegment map(long bytes, int file, Arena arena) {
    int flags = file == NO_FILE ? MAP_ANONYMOUS : MAP_FILE;
    var mmap =
        handle(
            "mmap",
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG));
    try {
      long at = (long) mmap.invokeExact(0L, bytes, PROT_READ_WRITE, flags, file, 0L);
      if (at == MAP_FAILED) {
        throw new IllegalStateException(
            "memory: %d bytes (expected: can be mapped)".formatted(bytes));
      }
      return MemorySegment.ofAddress(at).reinterpret(bytes, arena, HostMemory::unmap);
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new IllegalStateException("memory: mmap", failure);
    }
  }

  private static void unmap(MemorySegment mapped) {
    var munmap =
        handle(
            "munmap",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    try {
      int failed = (int) munmap.invokeExact(mapped.address(), mapped.byteSize());
      assert failed == 0;
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new IllegalStateException("memory: munmap", failure);
    }
  }

  @SuppressWarnings("restricted")
  private static java.lang.invoke.MethodHandle handle(String name, FunctionDescriptor shape) {
    var linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), shape);
  }

  @Override
  public long bytes() {
    return segment.byteSize();
  }

  @Override
  public Optional<String> path() {
    return backing.map(Backing::path);
  }

  @Override
  public ByteBuffer view(long offset, int length) {
    return segment.asSlice(offset, length).asByteBuffer();
  }

  @Override
  public void copy(long from, long to, int length) {
    MemorySegment.copy(segment, from, segment, to, length);
  }

  @Override
  public int checksum(long offset, int length) {
    var crc = new CRC32C();
    crc.update(view(offset, length));
    return (int) crc.getValue();
  }

  @Override
  public boolean retains(long offset, int length) {
    return retains(offset, length, PATTERN) && retains(offset, length, (byte) ~PATTERN);
  }

  private boolean retains(long offset, int length, byte pattern) {
    var range = segment.asSlice(offset, length).fill(pattern);
    return range.get(ValueLayout.JAVA_BYTE, 0) == pattern
        && range.asSlice(1).mismatch(range.asSlice(0, length - 1L)) == -1;
  }

  /// Idempotent.
  ///
  /// @throws IllegalStateException if somebody is using it right now; a file has lost its name then
  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      // What happens later, no process finds it, or has to reclaim it.
      backing.ifPresent(Backing::unname);
      arena.close();
      backing.ifPresent(Backing::end);
    }
  }
}
