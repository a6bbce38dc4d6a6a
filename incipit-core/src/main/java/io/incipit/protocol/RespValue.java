// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// One value of RESP, as a client reads it.
public sealed interface RespValue {
  /// A short text.
  record Simple(String text) implements RespValue {}

  /// A refusal; its first word is a code.
  record Failure(String text) implements RespValue {}

  /// A whole number.
  record Whole(long value) implements RespValue {}

  /// Values one after the other; of a RESP3 map, keys and values in turn.
  record Values(List<RespValue> values) implements RespValue {
    public Values {
      values = List.copyOf(values);
    }
  }

  /// The absence of a value.
  record Nothing() implements RespValue {}

  /// Bytes.
  final class Bulk implements RespValue {
    private final byte[] bytes;

    Bulk(byte[] bytes) {
      this.bytes = bytes;
    }

    /// The bytes; not copied, not to be changed.
    public byte[] bytes() {
      return bytes;
    }

    /// The bytes as UTF-8.
    public String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return "Bulk[" + text() + "]";
    }
  }
}
