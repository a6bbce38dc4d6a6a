// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.prompt;

import io.incipit.trace.UnpackedInput;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/// The JSON values of a file, one after the other, in any layout; or the rows of an array at its
/// top. Keeps the bytes of the value that
/// is being read, so that after a broken one reading can go on at the next line. For one thread.
public final class JsonValues implements Closeable {
  private static final int BYTES_MAX = 1 << 30;

  private final UnpackedInput in;
  private final Kept kept = new Kept();
  private JsonParser json;

  /// What is before the first byte that the parser was given.
  private long parserLines;

  /// Where the parser began, as a place in what is kept; negative once that has been dropped.
  private long parserStart;

  /// Lines before what is kept.
  private long linesBefore;

  private long line = 1;

  /// Whether an array at the top is not a value, but has the values.
  private final boolean inArrays;

  private boolean inArray;

  public JsonValues(UnpackedInput in) {
    this(in, false);
  }

  private JsonValues(UnpackedInput in, boolean inArrays) {
    this.in = in;
    this.inArrays = inArrays;
    this.json = JsonMembers.JSON.createParser(kept);
  }

  /// The values of a file, or those of the array or arrays at its top.
  public static JsonValues rows(UnpackedInput in) {
    return new JsonValues(in, true);
  }

  /// The next value.
  ///
  /// @return empty at the end
  /// @throws JacksonException if there is none; [#line] is then where it breaks
  public Optional<JsonNode> next() throws IOException {
    long offset = json.currentLocation().getByteOffset();
    if (offset < 0) {
      // The parser reads other encodings than UTF-8, but does not say where it is in them.
      throw new IOException("text that is not in UTF-8 (expected: UTF-8)");
    }
    drop(parserStart + offset);
    try {
      if (!advance()) {
        return Optional.empty();
      }
      line = parserLines + json.currentTokenLocation().getLineNr();
      return Optional.of(json.readValueAsTree());
    } catch (JacksonException broken) {
      if (broken.getCause() instanceof IOException failure) {
        throw failure;
      }
      var place = broken.getLocation();
      line = place == null ? line : parserLines + place.getLineNr();
      throw broken;
    }
  }

  /// Goes to where the next value begins.
  private boolean advance() {
    var token = json.nextToken();
    while (inArrays && isBracket(token)) {
      inArray = token == JsonToken.START_ARRAY;
      token = json.nextToken();
    }
    return token != null;
  }

  private boolean isBracket(@Nullable JsonToken token) {
    return inArray ? token == JsonToken.END_ARRAY : token == JsonToken.START_ARRAY;
  }

  /// The line on which the value given last begins, from 1.
  public long line() {
    return line;
  }

  /// Goes behind the first line of a value that broke, if the next line begins an object or there
  /// is none: what a file has that has one value a line.
  ///
  /// @return whether it does; if not, nothing more can be read
  public boolean passBroken() throws IOException {
    if (inArray) {
      return false;
    }
    int at = 0;
    int next = kept.at(at);
    while (next >= 0 && next <= ' ') {
      at++;
      next = kept.at(at);
    }
    while (next >= 0 && next != '\n') {
      at++;
      next = kept.at(at);
    }
    int first = next < 0 ? -1 : kept.at(at + 1);
    if (first >= 0 && first != '{') {
      return false;
    }
    drop(next < 0 ? at : at + 1L);
    kept.given = 0;
    parserStart = 0;
    parserLines = linesBefore;
    json = JsonMembers.JSON.createParser(kept);
    return true;
  }

  private void drop(long count) {
    linesBefore += kept.drop((int) count);
    parserStart -= count;
  }

  public double progress() {
    return in.progress();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /// What was read and may be needed again.
  private final class Kept extends InputStream {
    private byte[] bytes = new byte[1 << 16];
    private int length;

    /// How many of the bytes the parser has been given.
    private int given;

    @Override
    public int read() throws IOException {
      int value = at(given);
      given += value < 0 ? 0 : 1;
      return value;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
      if (count == 0) {
        return 0;
      }
      if (given == length && !fill()) {
        return -1;
      }
      int copied = Math.min(count, length - given);
      System.arraycopy(bytes, given, target, offset, copied);
      given += copied;
      return copied;
    }

    /// The byte at a place that was read or comes next; -1 at the end.
    int at(int place) throws IOException {
      return place < length || fill() ? Byte.toUnsignedInt(bytes[place]) : -1;
    }

    private boolean fill() throws IOException {
      if (length == bytes.length) {
        if (length == BYTES_MAX) {
          throw new IOException("object of more bytes (expected: at most %d)".formatted(BYTES_MAX));
        }
        bytes = Arrays.copyOf(bytes, 2 * length);
      }
      int read = in.read(bytes, length, bytes.length - length);
      length += Math.max(0, read);
      return read > 0;
    }

    /// Forgets the first bytes.
    ///
    /// @return how many lines ended in them
    long drop(int count) {
      long lines = 0;
      for (int i = 0; i < count; i++) {
        lines += bytes[i] == '\n' ? 1 : 0;
      }
      System.arraycopy(bytes, count, bytes, 0, length - count);
      length -= count;
      given -= count;
      return lines;
    }
  }
}
