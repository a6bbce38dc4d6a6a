// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.env.RandomSource;
import io.incipit.env.RawDisk;
import io.incipit.env.RawFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Disks in memory that fail as real ones do: what was not synced is lost when the power goes, or
/// some of it, in any order; calls fail, or do less than they were asked for; reads come from
/// elsewhere; bits flip. For one thread.
final class FaultDisk implements RawDisk {
  /// The power is gone; nobody may go on after it.
  static final class PowerOff extends Error {
    private static final long serialVersionUID = 1L;
  }

  /// What a call does instead of what it is asked for.
  enum Failure {
    WRITE_ERROR,
    NO_SPACE,
    SHORT_WRITE,
    SYNC_ERROR,
    READ_ERROR,
    SHORT_READ,
    MISDIRECTED_READ,
    POWER_OFF
  }

  /// What a crash leaves of what was not synced.
  enum Loss {
    /// All: the process ended, and the system lives.
    NOTHING,
    ALL,
    /// Some sectors of 512 bytes.
    SECTORS,
    /// Some pages of 4,096 bytes.
    PAGES
  }

  private record Write(int at, int length) {}

  /// Bytes of a file, as they are read, and as they are durable.
  private static final class Node {
    byte[] now = new byte[0];
    byte[] durable = new byte[0];
    final List<Write> pending = new ArrayList<>();
  }

  private Map<String, Node> names = new HashMap<>();
  private Map<String, Node> durableNames = new HashMap<>();
  private final RandomGenerator random;
  private final boolean direct;
  private Failure failure = Failure.POWER_OFF;
  private long left;
  private boolean full;
  private boolean off;
  private boolean locked;
  private Consumer<String> onDelete = _ -> {};

  FaultDisk(long seed, boolean direct) {
    this.random = RandomSource.seeded(seed);
    this.direct = direct;
  }

  /// The n-th call from now on that can fail so, does; 0 for none.
  void fail(Failure how, long n) {
    failure = how;
    left = n;
  }

  /// Whether no write finds room.
  void full(boolean now) {
    full = now;
  }

  /// Called before a file is deleted.
  void onDelete(Consumer<String> listener) {
    onDelete = listener;
  }

  /// Bytes of all extents.
  long extentBytes() {
    return names.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith(".extent"))
        .mapToLong(entry -> entry.getValue().now.length)
        .sum();
  }

  /// Ends all that is open. What was not synced is lost, as it is said.
  FaultDisk crash(Loss loss) {
    var after = new FaultDisk(random.nextLong(), direct);
    for (var name : all()) {
      boolean now = names.containsKey(name);
      boolean stays = loss == Loss.NOTHING || now == durableNames.containsKey(name);
      boolean there = stays ? now : loss == Loss.ALL ? !now : random.nextBoolean();
      var node = now ? names.get(name) : durableNames.get(name);
      if (there && node != null) {
        var kept = new Node();
        kept.now = left(node, loss);
        kept.durable = kept.now.clone();
        after.names.put(name, kept);
      }
    }
    after.durableNames = new HashMap<>(after.names);
    off = true;
    return after;
  }

  private List<String> all() {
    var all = new ArrayList<>(names.keySet());
    durableNames.keySet().stream().filter(name -> !names.containsKey(name)).forEach(all::add);
    all.sort(null);
    return all;
  }

  private byte[] left(Node node, Loss loss) {
    if (loss == Loss.NOTHING) {
      return node.now;
    }
    var bytes = node.durable.clone();
    if (loss == Loss.ALL) {
      return bytes;
    }
    int grain = loss == Loss.SECTORS ? 512 : 4096;
    for (var write : node.pending) {
      boolean whole = random.nextInt(3) == 0;
      for (int at = write.at; at < write.at + write.length; at += grain) {
        int length = Math.min(grain, write.at + write.length - at);
        if (whole || random.nextBoolean()) {
          bytes = Arrays.copyOf(bytes, Math.max(bytes.length, at + length));
          System.arraycopy(node.now, at, bytes, at, length);
        }
      }
    }
    return bytes;
  }

  /// A copy with the same bytes, all of them durable.
  FaultDisk copy() {
    var copy = new FaultDisk(random.nextLong(), direct);
    names.forEach(
        (name, node) -> {
          var twin = new Node();
          twin.now = node.now.clone();
          twin.durable = node.now.clone();
          copy.names.put(name, twin);
        });
    copy.durableNames = new HashMap<>(copy.names);
    return copy;
  }

  byte[] bytes(String name) {
    return node(name).now;
  }

  void replace(String name, byte[] bytes) {
    var node = node(name);
    node.now = bytes;
    node.durable = bytes.clone();
  }

  private Node node(String name) {
    var node = names.get(name);
    if (node == null) {
      throw new AssertionError(name);
    }
    return node;
  }

  private boolean fails(Failure... possible) {
    if (off) {
      throw new PowerOff();
    }
    boolean now =
        left > 0
            && (failure == Failure.POWER_OFF || Arrays.asList(possible).contains(failure))
            && --left == 0;
    if (now && failure == Failure.POWER_OFF) {
      off = true;
      throw new PowerOff();
    }
    return now;
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  @Override
  public RawFile open(Path path, boolean asDirect) throws IOException {
    fails();
    var node = names.get(name(path));
    if (node == null) {
      throw new NoSuchFileException(path.toString());
    }
    return new File(node, asDirect);
  }

  @Override
  public RawFile create(Path path, boolean asDirect) throws IOException {
    fails();
    if (names.containsKey(name(path))) {
      throw new FileAlreadyExistsException(path.toString());
    }
    var node = new Node();
    names.put(name(path), node);
    return new File(node, asDirect);
  }

  @Override
  public boolean takesDirect(Path directory) {
    return direct;
  }

  @Override
  public void createDirectory(Path directory) {
    fails();
  }

  @Override
  public List<String> names(Path directory) {
    fails();
    return List.copyOf(names.keySet());
  }

  @Override
  public void delete(Path path) {
    fails();
    onDelete.accept(name(path));
    names.remove(name(path));
  }

  @Override
  public void sync(Path directory) throws IOException {
    if (fails(Failure.SYNC_ERROR)) {
      throw new IOException("planted: sync of a directory");
    }
    durableNames = new HashMap<>(names);
  }

  @Override
  public Optional<Closeable> lock(Path path) {
    if (locked) {
      return Optional.empty();
    }
    locked = true;
    names.computeIfAbsent(name(path), _ -> new Node());
    return Optional.of(() -> locked = false);
  }

  /// An open file.
  private final class File implements RawFile {
    private final Node node;
    private final boolean aligned;
    private boolean closed;

    File(Node node, boolean aligned) {
      this.node = node;
      this.aligned = aligned;
    }

    private void check(ByteBuffer buffer, long at) throws IOException {
      if (closed) {
        throw new IOException("closed");
      }
      if (aligned
          && (at % UNIT != 0
              || buffer.remaining() % UNIT != 0
              || buffer.alignmentOffset(buffer.position(), UNIT) != 0)) {
        throw new IOException("direct: not aligned");
      }
    }

    @Override
    public int read(ByteBuffer into, long at) throws IOException {
      check(into, at);
      if (fails(Failure.READ_ERROR, Failure.SHORT_READ, Failure.MISDIRECTED_READ)) {
        return readWrong(into, at);
      }
      return read(into, at, into.remaining());
    }

    private int readWrong(ByteBuffer into, long at) throws IOException {
      return switch (failure) {
        case SHORT_READ -> read(into, at, random.nextInt(into.remaining() + 1));
        case MISDIRECTED_READ ->
            read(into, (long) random.nextInt(1 + node.now.length / UNIT) * UNIT, into.remaining());
        default -> throw new IOException("planted: read");
      };
    }

    private int read(ByteBuffer into, long at, int lengthMax) {
      if (at >= node.now.length) {
        return -1;
      }
      int length = (int) Math.min(Math.min(into.remaining(), lengthMax), node.now.length - at);
      into.put(node.now, (int) at, length);
      return length;
    }

    @Override
    public int write(ByteBuffer from, long at) throws IOException {
      check(from, at);
      boolean fails = fails(Failure.WRITE_ERROR, Failure.NO_SPACE, Failure.SHORT_WRITE);
      if (fails && failure == Failure.SHORT_WRITE) {
        return write(from, at, Math.max(UNIT, from.remaining() / 2 & -UNIT));
      }
      if (fails && failure == Failure.WRITE_ERROR) {
        // Some of it may have come through.
        write(from, at, random.nextInt(from.remaining() + 1));
        throw new IOException("planted: write");
      }
      if (full || fails) {
        full = true;
        throw new NoSpaceException("planted: no space");
      }
      return write(from, at, from.remaining());
    }

    private int write(ByteBuffer from, long at, int lengthMax) {
      int length = Math.min(lengthMax, from.remaining());
      int end = (int) at + length;
      node.now = Arrays.copyOf(node.now, Math.max(node.now.length, end));
      from.get(node.now, (int) at, length);
      node.pending.add(new Write((int) at, length));
      return length;
    }

    @Override
    public void sync() throws IOException {
      if (fails(Failure.SYNC_ERROR)) {
        // As Linux does: what could not be written counts as clean from now on.
        node.pending.clear();
        throw new IOException("planted: sync");
      }
      for (var write : node.pending) {
        int end = write.at + write.length;
        node.durable = Arrays.copyOf(node.durable, Math.max(node.durable.length, end));
        System.arraycopy(node.now, write.at, node.durable, write.at, write.length);
      }
      node.pending.clear();
    }

    @Override
    public long bytes() {
      return node.now.length;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
