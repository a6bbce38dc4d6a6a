// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/// How a trace begins: its first bytes, unpacked, and if they are JSON, what the first object has.
/// Immutable.
public final class TraceHead {
  /// The most tokens of a block that a trace may say.
  public static final int BLOCK_TOKENS_MAX = 1 << 20;

  private static final int BYTES = 1 << 16;
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final byte[] bytes;
  private final long fileBytes;
  private final Map<String, String> members;

  private TraceHead(byte[] bytes, long fileBytes) {
    this.bytes = bytes;
    this.fileBytes = fileBytes;
    this.members = members(bytes);
  }

  /// Reads the head of a file.
  public static TraceHead of(TraceFile file) throws IOException {
    try (var in = UnpackedInput.open(file)) {
      return new TraceHead(in.readNBytes(BYTES), file.disk().bytes(file.path()));
    }
  }

  /// Tokens of a block as the first object says in `block_size`; `usual` if it says no number.
  ///
  /// @throws BadTraceException if it says one that no trace may have
  public static int blockTokens(TraceFile file, int usual) throws IOException {
    var size = of(file).text("block_size");
    int tokens = size.matches("[0-9]{1,7}(\\.0*)?") ? (int) Double.parseDouble(size) : usual;
    if (tokens < 1 || tokens > BLOCK_TOKENS_MAX) {
      throw new BadTraceException(
          file.path(), 1, "block_size: %s (expected: 1 to %d)".formatted(size, BLOCK_TOKENS_MAX));
    }
    return tokens;
  }

  /// Names that the first JSON object has, as far as the head goes; none if there is no object.
  public Set<String> names() {
    return Collections.unmodifiableSet(members.keySet());
  }

  /// The text of a member of the first object; empty if it has none, or an object or array there.
  public String text(String name) {
    return members.getOrDefault(name, "");
  }

  /// A copy of the first bytes.
  public byte[] bytes() {
    return bytes.clone();
  }

  /// Bytes of the file as it is packed.
  public long fileBytes() {
    return fileBytes;
  }

  /// Whether the file ends within the head.
  public boolean isWhole() {
    return bytes.length < BYTES;
  }

  private static Map<String, String> members(byte[] bytes) {
    var members = new LinkedHashMap<String, String>();
    int length = bytes.length;
    if (length > 0 && bytes[length - 1] < 0) {
      // A character that was cut in two would be refused before what precedes it.
      length = Math.max(0, length - 4);
    }
    try (var json = JSON.createParser(ObjectReadContext.empty(), Arrays.copyOf(bytes, length))) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return members;
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        var name = String.valueOf(json.currentName());
        members.put(name, "");
        var value = json.nextToken();
        members.put(name, value.isScalarValue() ? String.valueOf(json.getString()) : "");
        json.skipChildren();
      }
    } catch (JacksonException cut) {
      return members;
    }
    return members;
  }
}
