// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// RESP bytes being written, in one array that grows and is used again. For one thread.
public final class RespBuffer {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int DIGITS_MAX = 20;

  private byte[] bytes = new byte[256];
  private int size;
  private boolean resp3;

  /// An empty buffer that writes RESP2.
  public RespBuffer() {}

  /// Empties the buffer.
  public void clear() {
    size = 0;
  }

  /// Whether [#map], [#nothing] and the like take their RESP3 form.
  public void resp3(boolean resp3) {
    this.resp3 = resp3;
  }

  /// Whether replies take their RESP3 form.
  boolean resp3() {
    return resp3;
  }

  /// Bytes written.
  public int size() {
    return size;
  }

  /// The bytes, valid in `[0, size())` until the next write.
  public byte[] array() {
    return bytes;
  }

  /// A copy of the bytes written.
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /// Drops what was written after the first `size` bytes.
  public void truncate(int size) {
    this.size = Math.min(this.size, size);
  }

  /// Gives memory beyond `bytesMax` back, and empties the buffer if it had more.
  public void shrink(int bytesMax) {
    if (bytes.length > bytesMax) {
      bytes = new byte[bytesMax];
      size = 0;
    }
  }

  /// Begins an array of `count` values.
  public RespBuffer array(int count) {
    return header('*', count);
  }

  /// Begins a map of `pairs` keys and values: in RESP2 an array of twice as many.
  public RespBuffer map(int pairs) {
    return resp3 ? header('%', pairs) : header('*', 2L * pairs);
  }

  /// Begins a set of `count` values: in RESP2 an array.
  public RespBuffer set(int count) {
    return header(resp3 ? '~' : '*', count);
  }

  public RespBuffer integer(long value) {
    return header(':', value);
  }

  /// A short text without line ends, such as `OK`.
  public RespBuffer simple(String text) {
    return line('+', text);
  }

  /// An error; line ends in it become spaces.
  public RespBuffer error(String text) {
    return line('-', oneLine(text));
  }

  /// A text without line ends: each becomes a space.
  static String oneLine(String text) {
    return text.replace('\r', ' ').replace('\n', ' ');
  }

  /// The absence of a value.
  public RespBuffer nothing() {
    return resp3 ? line('_', "") : line('$', "-1");
  }

  /// The absence of an array.
  public RespBuffer nullArray() {
    return resp3 ? line('_', "") : line('*', "-1");
  }

  public RespBuffer bulk(String text) {
    return bulk(text.getBytes(StandardCharsets.UTF_8));
  }

  public RespBuffer bulk(byte[] value) {
    return bulk(value, 0, value.length);
  }

  public RespBuffer bulk(byte[] value, int offset, int length) {
    int at = beginBulk(length);
    System.arraycopy(value, offset, bytes, at, length);
    return this;
  }

  /// Begins and ends a bulk string of `length` bytes, for the caller to fill.
  ///
  /// @return where in [#array] its bytes start
  public int beginBulk(int length) {
    header('$', length);
    ensure(length + 2);
    int at = size;
    size += length;
    lineEnd();
    return at;
  }

  /// Begins a bulk string of `length` bytes that do not go through this buffer: they are sent
  /// behind what it has, and then [#endLargeBulk] is called.
  public void beginLargeBulk(int length) {
    header('$', length);
  }

  /// Ends what [#beginLargeBulk] began.
  public void endLargeBulk() {
    ensure(2);
    lineEnd();
  }

  /// Puts an unsigned 32-bit number, little-endian, at `at`.
  public void putInt(int at, int value) {
    INTS.set(bytes, at, value);
  }

  private RespBuffer line(char type, String text) {
    var encoded = text.getBytes(StandardCharsets.UTF_8);
    ensure(encoded.length + 3);
    bytes[size++] = (byte) type;
    System.arraycopy(encoded, 0, bytes, size, encoded.length);
    size += encoded.length;
    lineEnd();
    return this;
  }

  private RespBuffer header(char type, long value) {
    ensure(DIGITS_MAX + 3);
    bytes[size++] = (byte) type;
    digits(value);
    lineEnd();
    return this;
  }

  private void digits(long value) {
    if (value < 0) {
      var text = Long.toString(value).getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(text, 0, bytes, size, text.length);
      size += text.length;
      return;
    }
    int end = size + 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      end++;
    }
    long rest = value;
    for (int at = end - 1; at >= size; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size = end;
  }

  private void lineEnd() {
    bytes[size++] = '\r';
    bytes[size++] = '\n';
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), 2 * bytes.length));
    }
  }
}
