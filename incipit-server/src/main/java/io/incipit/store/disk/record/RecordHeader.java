// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk.record;

import io.incipit.store.memory.Pieces;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// What stands before the bytes of a record, and says whose they are. Little-endian.
///
/// ```
///   0       8         10     12    16      24      32      40           48            64
///   | magic | version | kind | crc | store | place | birth | generation | fingerprint |
///  64       68           70      72      76      80             112          128
///   | length | key bytes | zero  | synced | zero | entry before | zero       |
/// 128
///   | key, padded to 4 | checksums of the pieces, 4 each |
/// ```
///
/// `crc` is the CRC-32C of the header with `crc` as zero. The payload follows at once if both fit
/// into one unit of 4,096 bytes, else it begins with the next unit; the record fills its last one.
public final class RecordHeader {
  /// "INCIPREC".
  static final long MAGIC = 0x4345_5250_4943_4E49L;

  static final int VERSION = 1;
  static final int VERSION_OFFSET = 8;
  static final int KIND_OFFSET = 10;
  static final int CRC_OFFSET = 12;
  static final int STORE_OFFSET = 16;
  static final int PLACE_OFFSET = 24;
  static final int LENGTH_OFFSET = 64;
  static final int KEY_LENGTH_OFFSET = 68;
  static final int SYNCED_OFFSET = 72;
  static final int BEFORE_OFFSET = 80;
  static final int KEY_OFFSET = 128;

  public static final int KEY_BYTES_MAX = 1024;
  public static final int LENGTH_MAX = 1 << 28;

  /// The longest header, in whole units.
  public static final int BYTES_MAX =
      (int) Place.roundUp(KEY_OFFSET + KEY_BYTES_MAX + 4L * (LENGTH_MAX >>> Pieces.LOG));

  /// What a record holds.
  public enum Kind {
    VALUE(1),
    /// Entries of keys that were removed.
    REMOVALS(2);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    private static @Nullable Kind of(int code) {
      return code == VALUE.code ? VALUE : code == REMOVALS.code ? REMOVALS : null;
    }
  }

  /// What bytes turn out to be that may be a header.
  public enum Verdict {
    GOOD,
    /// Not a header, or a broken one.
    BAD,
    /// A whole header needs more bytes than there are.
    MORE,
    /// Of another version than this one, so nothing is known of the rest.
    UNKNOWN_VERSION,
    /// A whole header of another store or another place.
    FOREIGN
  }

  /// What a header says beside the key and the checksums.
  ///
  /// @param store number of the store
  /// @param place where the record lies
  /// @param birth where it was written first
  /// @param synced units of the file, from its beginning, that were durable when it was written
  public record Stamp(
      long store,
      long place,
      long birth,
      long generation,
      Fingerprint fingerprint,
      int synced,
      Kind kind,
      int length) {}

  private final Stamp stamp;
  private final byte[] key;
  private final int[] checksums;

  /// The entry before this record in its file.
  private final @Nullable Entry before;

  /// Neither array is changed by anybody from here on.
  public RecordHeader(Stamp stamp, byte[] key, int[] checksums, @Nullable Entry before) {
    this.stamp = stamp;
    this.key = key;
    this.checksums = checksums;
    this.before = before;
  }

  public Stamp stamp() {
    return stamp;
  }

  public boolean hasKey(byte[] other) {
    return Arrays.equals(key, other);
  }

  /// A copy.
  public byte[] key() {
    return key.clone();
  }

  public int checksum(int piece) {
    return checksums[piece];
  }

  public @Nullable Entry before() {
    return before;
  }

  /// Bytes of this header.
  public int bytes() {
    return bytes(key.length, stamp.length);
  }

  /// Where the payload begins, from the beginning of the record.
  public int payloadAt() {
    return payloadAt(key.length, stamp.length);
  }

  /// Bytes of the record, in whole units.
  public int recordBytes() {
    return recordBytes(key.length, stamp.length);
  }

  static int bytes(int keyLength, int length) {
    return KEY_OFFSET + ((keyLength + 3) & -4) + Integer.BYTES * Pieces.count(length);
  }

  public static int payloadAt(int keyLength, int length) {
    int bytes = bytes(keyLength, length);
    return bytes + (long) length <= Place.UNIT ? bytes : (int) Place.roundUp(bytes);
  }

  public static int recordBytes(int keyLength, int length) {
    return (int) Place.roundUp((long) payloadAt(keyLength, length) + length);
  }

  /// Writes [#bytes] bytes at the position of a little-endian buffer.
  public void write(ByteBuffer into) {
    int at = into.position();
    into.putLong(MAGIC).putShort((short) VERSION).putShort((short) stamp.kind.code).putInt(0);
    into.putLong(stamp.store).putLong(stamp.place).putLong(stamp.birth).putLong(stamp.generation);
    into.putLong(stamp.fingerprint.high()).putLong(stamp.fingerprint.low());
    into.putInt(stamp.length).putShort((short) key.length).putShort((short) 0);
    into.putInt(stamp.synced).putInt(0);
    if (before == null) {
      into.put(new byte[Entry.BYTES]);
    } else {
      before.write(into);
    }
    into.put(new byte[at + KEY_OFFSET - into.position()]);
    into.put(key).put(new byte[-key.length & 3]);
    for (int checksum : checksums) {
      into.putInt(checksum);
    }
    into.putInt(at + CRC_OFFSET, crc(into, at, into.position() - at));
  }

  /// Says what lies at the position of a little-endian buffer, up to its limit.
  ///
  /// @param store the number that it must have
  /// @param place where it must say that it lies
  public static Verdict judge(ByteBuffer bytes, long store, long place) {
    int at = bytes.position();
    if (bytes.remaining() < KEY_OFFSET || bytes.getLong(at) != MAGIC) {
      return Verdict.BAD;
    }
    if (bytes.getShort(at + VERSION_OFFSET) != VERSION) {
      return Verdict.UNKNOWN_VERSION;
    }
    int length = bytes.getInt(at + LENGTH_OFFSET);
    int keyLength = bytes.getShort(at + KEY_LENGTH_OFFSET);
    int kind = bytes.getShort(at + KIND_OFFSET);
    if (length < 0
        || length > LENGTH_MAX
        || keyLength < 0
        || keyLength > KEY_BYTES_MAX
        || Kind.of(kind) == null) {
      return Verdict.BAD;
    }
    int headerBytes = bytes(keyLength, length);
    if (headerBytes > bytes.remaining()) {
      return Verdict.MORE;
    }
    if (bytes.getInt(at + CRC_OFFSET) != crc(bytes, at, headerBytes)) {
      return Verdict.BAD;
    }
    return bytes.getLong(at + STORE_OFFSET) == store && bytes.getLong(at + PLACE_OFFSET) == place
        ? Verdict.GOOD
        : Verdict.FOREIGN;
  }

  /// Reads a header that was judged to be good, or foreign. Moves no position.
  public static RecordHeader read(ByteBuffer bytes) {
    var from = bytes.slice().order(bytes.order());
    var kind = Objects.requireNonNull(Kind.of(from.getShort(KIND_OFFSET)));
    int length = from.getInt(LENGTH_OFFSET);
    int synced = from.getInt(SYNCED_OFFSET);
    var key = new byte[from.getShort(KEY_LENGTH_OFFSET)];
    from.position(STORE_OFFSET);
    var stamp =
        new Stamp(
            from.getLong(),
            from.getLong(),
            from.getLong(),
            from.getLong(),
            new Fingerprint(from.getLong(), from.getLong()),
            synced,
            kind,
            length);
    var before = Entry.read(from.position(BEFORE_OFFSET));
    from.get(KEY_OFFSET, key).position(KEY_OFFSET + ((key.length + 3) & -4));
    var checksums = new int[Pieces.count(length)];
    for (int i = 0; i < checksums.length; i++) {
      checksums[i] = from.getInt();
    }
    return new RecordHeader(stamp, key, checksums, before.birth() == Place.NONE ? null : before);
  }

  private static int crc(ByteBuffer bytes, int at, int length) {
    var crc = new CRC32C();
    crc.update(bytes.slice(at, CRC_OFFSET));
    crc.update(new byte[Integer.BYTES]);
    int rest = CRC_OFFSET + Integer.BYTES;
    crc.update(bytes.slice(at + rest, length - rest));
    return (int) crc.getValue();
  }
}
