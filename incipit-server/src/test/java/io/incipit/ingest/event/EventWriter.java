// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.event;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Encodes values as MessagePack, the widest heads included, for tests.
public final class EventWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  private EventWriter() {}

  /// What a value is encoded as: null, a boolean, number, text, bytes, collection or map.
  public static byte[] encode(@Nullable Object value) {
    var writer = new EventWriter();
    try {
      writer.write(value);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return writer.bytes.toByteArray();
  }

  private void write(@Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeByte(0xc0);
      case Boolean flag -> out.writeByte(flag ? 0xc3 : 0xc2);
      case Integer number -> writeInteger(number);
      case Long number -> {
        out.writeByte(0xcf);
        out.writeLong(number);
      }
      case Double number -> {
        out.writeByte(0xcb);
        out.writeDouble(number);
      }
      case String text -> {
        var utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeByte(0xd9);
        out.writeByte(utf8.length);
        out.write(utf8);
      }
      case byte[] binary -> {
        out.writeByte(0xc5);
        out.writeShort(binary.length);
        out.write(binary);
      }
      case Collection<?> list -> {
        out.writeByte(0xdc);
        out.writeShort(list.size());
        for (var element : list) {
          write(element);
        }
      }
      case Map<?, ?> map -> {
        out.writeByte(0xde);
        out.writeShort(map.size());
        for (var entry : map.entrySet()) {
          write(entry.getKey());
          write(entry.getValue());
        }
      }
      case int[] tokens -> {
        out.writeByte(0xdd);
        out.writeInt(tokens.length);
        for (int token : tokens) {
          writeInteger(token);
        }
      }
      default -> throw new IllegalArgumentException("value: " + value);
    }
  }

  private void writeInteger(int number) throws IOException {
    if (number >= 0 && number < 128) {
      out.writeByte(number);
    } else if (number >= 0 && number < 1 << 16) {
      out.writeByte(0xcd);
      out.writeShort(number);
    } else {
      out.writeByte(0xd2);
      out.writeInt(number);
    }
  }

  /// A batch as vLLM has it since 0.24: events are maps.
  public static byte[] batch(double time, List<Map<String, Object>> events) {
    return encode(List.of(time, events, 0));
  }
}
