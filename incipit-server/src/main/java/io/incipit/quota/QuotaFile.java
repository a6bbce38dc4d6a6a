// SPDX-License-Identifier: Apache-2.0
package io.incipit.quota;

import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.protocol.Glob;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A file of quotas, `PATTERN KEY=VALUE...` a line, `#` before comments, and what it said last.
public final class QuotaFile {
  private static final Logger LOG = System.getLogger(QuotaFile.class.getName());
  private static final int BYTES_MAX = 1 << 20;
  private static final int SHOWN_MAX = 64;

  /// What some editors begin a file with.
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private static final Pattern NAMES = Pattern.compile("[^\\s@]{1,128}");
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,18}");
  private static final String BLOCKS = "blocks";
  private static final String INDEX_FLOOR = "index-floor";
  private static final String BYTES = "bytes";
  private static final String FLOOR = "floor";
  private static final String PUBLISHES = "publishes";
  private static final String LOOKUPS = "lookups";
  private static final List<String> KEYS =
      List.of(BLOCKS, INDEX_FLOOR, BYTES, FLOOR, PUBLISHES, LOOKUPS);

  private final Path file;
  private final Room room;
  private final Quotas quotas;

  /// What the file said when it was read last, and what was wrong with it. Guarded by this.
  private String text;

  private String fault = "";

  /// What floors are parts of: they may be three quarters of it.
  ///
  /// @param indexBytes of all indexes
  /// @param poolBytes of the store in memory
  public record Room(long indexBytes, long poolBytes) {}

  private QuotaFile(Path file, Room room, String text, Clock clock) {
    this.file = file;
    this.room = room;
    this.text = text;
    this.quotas = Quotas.of(parse(file.toString(), text, room), clock);
  }

  /// Reads a file of quotas.
  ///
  /// @throws IOException if there is none, or it is not good; the message says where and why
  public static QuotaFile open(Path file, Room room, Clock clock) throws IOException {
    try {
      return new QuotaFile(file, room, read(file), clock);
    } catch (IllegalArgumentException bad) {
      throw new IOException(bad.getMessage(), bad);
    }
  }

  /// What the file says.
  public Quotas quotas() {
    return quotas;
  }

  /// What a look at the file has brought.
  ///
  /// @param fault what is wrong with the file, so that nothing was changed; empty if nothing is
  public record Change(String fault) {}

  /// Reads the file again. One that is not good is logged once, and changes nothing. Blocks.
  ///
  /// @return none if there is nothing new
  public synchronized Optional<Change> reload() {
    try {
      var read = read(file);
      if (read.equals(text)) {
        fault = "";
        return Optional.empty();
      }
      var lines = parse(file.toString(), read, room);
      quotas.set(lines);
      text = read;
      fault = "";
      LOG.log(Level.INFO, () -> "reload-quotas lines=%d".formatted(lines.size()));
      return Optional.of(new Change(""));
    } catch (IOException | IllegalArgumentException bad) {
      var reason = String.valueOf(bad.getMessage());
      if (reason.equals(fault)) {
        return Optional.empty();
      }
      fault = reason;
      LOG.log(
          Level.ERROR, () -> "fail-reload-quotas reason='%s' quotas=unchanged".formatted(reason));
      return Optional.of(new Change(reason));
    }
  }

  private static String read(Path file) throws IOException {
    byte[] bytes;
    try (var in = Disk.system().openRead(file)) {
      bytes = in.readNBytes(BYTES_MAX + 1);
    } catch (NoSuchFileException none) {
      throw new IOException(file + ": no such file (expected: one that exists)", none);
    } catch (IOException unreadable) {
      throw new IOException(
          "%s: %s (expected: a file that can be read)".formatted(file, why(unreadable)),
          unreadable);
    }
    if (bytes.length > BYTES_MAX) {
      throw new IOException("%s: more than %d bytes (expected: fewer)".formatted(file, BYTES_MAX));
    }
    var text = new String(bytes, StandardCharsets.UTF_8);
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }

  private static String why(IOException unreadable) {
    return unreadable instanceof AccessDeniedException
        ? "not for this user"
        : String.valueOf(unreadable.getMessage());
  }

  /// Reads lines of quotas.
  ///
  /// @param name of the file, for errors
  /// @throws IllegalArgumentException `file:line: value (expected: ...)`
  static List<Limits> parse(String name, String text, Room room) {
    var all = new ArrayList<Limits>();
    var lines = text.lines().toList();
    long indexFloors = 0;
    long floors = 0;
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      var where = name + ":" + (i + 1);
      var limits = limits(where, line.split("\\s+"));
      requireReached(where, limits.pattern(), all);
      indexFloors = added(where, INDEX_FLOOR, indexFloors, limits.indexFloor(), room.indexBytes);
      floors = added(where, FLOOR, floors, limits.floor(), room.poolBytes);
      all.add(limits);
    }
    return all;
  }

  /// A star fits another one too, so a pattern fits those that fit no more than it does.
  private static void requireReached(String where, String pattern, List<Limits> before) {
    for (var line : before) {
      if (line.pattern().equals(pattern)) {
        throw fault(where, pattern + ": twice (expected: each pattern once)");
      }
      if (Glob.ofStarsAlone(line.pattern()).matches(pattern.getBytes(StandardCharsets.UTF_8))) {
        throw fault(
            where,
            "%s: never holds, since all its names fit %s (expected: before that)"
                .formatted(pattern, line.pattern()));
      }
    }
  }

  private static long added(String where, String key, long sum, long more, long room) {
    long most = room / 4 * 3;
    if (more > most - sum) {
      throw fault(
          where,
          "%s: %d bytes beside %d of lines before (expected: at most %d, three quarters of %s)"
              .formatted(
                  key,
                  more,
                  sum,
                  most,
                  key.equals(FLOOR) ? "store.host-limit" : "index.memory-limit"));
    }
    return sum + more;
  }

  private static Limits limits(String where, String[] words) {
    if (!NAMES.matcher(words[0]).matches() || words.length < 2) {
      throw fault(
          where,
          shown(words[0]) + " (expected: PATTERN KEY=VALUE..., such as team-a-* lookups=1000)");
    }
    var given = new HashMap<String, Long>();
    for (int i = 1; i < words.length; i++) {
      int at = words[i].indexOf('=');
      var key = words[i].substring(0, Math.max(0, at));
      if (!KEYS.contains(key)) {
        throw fault(
            where,
            "%s (expected: KEY=VALUE of %s)".formatted(shown(words[i]), String.join(", ", KEYS)));
      }
      if (given.put(key, value(where, key, words[i].substring(at + 1))) != null) {
        throw fault(where, key + ": twice (expected: each key once)");
      }
    }
    return limits(where, words[0], given);
  }

  private static Limits limits(String where, String pattern, Map<String, Long> given) {
    long indexFloor = given.getOrDefault(INDEX_FLOOR, 0L);
    long floor = given.getOrDefault(FLOOR, 0L);
    if (indexFloor + floor > 0 && pattern.indexOf('*') >= 0) {
      throw fault(
          where, pattern + ": a floor for many (expected: a name without a star, so that all fit)");
    }
    long bytes = given.getOrDefault(BYTES, Limits.ENDLESS);
    if (floor > bytes) {
      throw fault(
          where, "floor: %d (expected: at most the quota, bytes=%d)".formatted(floor, bytes));
    }
    return new Limits(
        pattern,
        given.getOrDefault(BLOCKS, Limits.ENDLESS),
        indexFloor,
        bytes,
        floor,
        given.getOrDefault(PUBLISHES, Limits.ENDLESS),
        given.getOrDefault(LOOKUPS, Limits.ENDLESS));
  }

  private static long value(String where, String key, String text) {
    boolean isSize = key.equals(BYTES) || key.equals(FLOOR) || key.equals(INDEX_FLOOR);
    var value =
        isSize
            ? Quantity.bytes(text)
            : Optional.of(text).filter(it -> COUNT.matcher(it).matches()).map(Long::parseLong);
    boolean isFloor = key.equals(FLOOR) || key.equals(INDEX_FLOOR);
    return value
        .filter(number -> number > 0 || isFloor)
        .orElseThrow(
            () ->
                fault(
                    where,
                    "%s: %s (expected: %s)"
                        .formatted(
                            key,
                            shown(text),
                            isSize ? "a size such as 512MiB" : "a number of at least 1")));
  }

  private static String shown(String word) {
    return word.length() <= SHOWN_MAX ? word : word.substring(0, SHOWN_MAX) + "...";
  }

  private static IllegalArgumentException fault(String where, String what) {
    return new IllegalArgumentException(where + ": " + what);
  }
}
