// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

import io.incipit.block.BlockChain;
import io.incipit.block.Namespace;
import io.incipit.net.block.HintAction.Kind;
import io.incipit.protocol.Limits;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/// Reads an envelope of hints, token by token: what is kept of it is bounded before it is. For one
/// envelope.
///
/// What is wrong with the envelope is refused as a whole. What is wrong in the payload of an action
/// is that action's, and said only if its type and version are known.
final class HintReader {
  private static final int DEPTH_MAX = 8;
  private static final int TEXT_MAX = 1_024;

  /// Digits of 2^64 - 1.
  private static final int DIGITS_MAX = 20;

  private static final int SHOWN_MAX = 64;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxStringLength(TEXT_MAX)
                  .maxNameLength(TEXT_MAX)
                  .maxNumberLength(TEXT_MAX)
                  .build())
          .build();

  private final JsonParser json;

  /// Bytes of a hash.
  private final int width;

  /// Hashes of all actions so far.
  private int hashes;

  private HintReader(JsonParser json, int width) {
    this.json = json;
    this.width = width;
  }

  /// What the payload of an action says.
  private static final class Payload {
    private BlockChain hashes;
    private @Nullable String millis;
    private @Nullable String mode;
    private String refusal = "";
    private boolean named;

    Payload(int width) {
      hashes = BlockChain.empty(width);
    }

    void refuse(String what, String shown, String expected) {
      if (refusal.isEmpty()) {
        refusal = "SYNTAX %s: %s (expected: %s)".formatted(what, shown, expected);
      }
    }
  }

  /// The actions of an envelope.
  ///
  /// @param width bytes of a hash
  static List<HintAction> read(byte[] bytes, int offset, int length, int width) throws Refusal {
    try (var json = JSON.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
      return new HintReader(json, width).envelope();
    } catch (StreamConstraintsException large) {
      throw new Refusal(
          "LIMIT json: something too large (expected: at most %d deep, texts of at most %d bytes)"
              .formatted(DEPTH_MAX, TEXT_MAX));
    } catch (JacksonException broken) {
      var place = broken.getLocation();
      throw new Refusal(
          "SYNTAX json: not JSON at line %d, column %d (expected: a KvHintsEnvelope)"
              .formatted(place.getLineNr(), place.getColumnNr()));
    }
  }

  private List<HintAction> envelope() throws Refusal {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new Refusal("SYNTAX json: no object (expected: a KvHintsEnvelope)");
    }
    var texts = new HashMap<String, String>();
    List<HintAction> actions = null;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      var name = json.currentName();
      json.nextToken();
      switch (name) {
        case "protocol_version", "message_id" -> put(texts, name, name);
        case "actions" -> {
          if (actions != null) {
            throw new Refusal("SYNTAX actions: twice (expected: once)");
          }
          actions = actions();
        }
        default -> json.skipChildren();
      }
    }
    if (json.nextToken() != null) {
      throw new Refusal("SYNTAX json: more after the object (expected: one KvHintsEnvelope)");
    }
    var version = required(texts, "protocol_version", "protocol_version", "1 or 1.x");
    if (!version.matches("1(\\.[0-9]{1,9})?")) {
      throw new Refusal(
          "SYNTAX protocol_version: %s (expected: 1 or 1.x)".formatted(shown(version)));
    }
    id(required(texts, "message_id", "message_id", "a text"), "message_id");
    if (actions == null) {
      throw new Refusal("SYNTAX actions: absent (expected: an array)");
    }
    return actions;
  }

  private List<HintAction> actions() throws Refusal {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new Refusal("SYNTAX actions: %s (expected: an array)".formatted(shown()));
    }
    var actions = new ArrayList<HintAction>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (actions.size() == Limits.HINT_ACTIONS_MAX) {
        throw new Refusal(
            "LIMIT actions: more (expected: at most %d)".formatted(Limits.HINT_ACTIONS_MAX));
      }
      actions.add(action("actions[%d]".formatted(actions.size())));
    }
    return actions;
  }

  private HintAction action(String where) throws Refusal {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new Refusal("SYNTAX %s: %s (expected: an object)".formatted(where, shown()));
    }
    var texts = new HashMap<String, String>();
    Payload payload = null;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      var name = json.currentName();
      json.nextToken();
      switch (name) {
        case "action_id", "action_type", "action_version" -> put(texts, name, where + "." + name);
        case "payload" -> {
          if (payload != null) {
            throw new Refusal("SYNTAX %s.payload: twice (expected: once)".formatted(where));
          }
          payload = payload();
        }
        default -> json.skipChildren();
      }
    }
    var id = id(required(texts, "action_id", where + ".action_id", "a text"), where + ".action_id");
    var type = required(texts, "action_type", where + ".action_type", "a text");
    var version = required(texts, "action_version", where + ".action_version", "such as 1.0");
    return action(id, Kind.of(type, version), payload == null ? new Payload(width) : payload);
  }

  private HintAction action(String id, Kind kind, Payload payload) {
    if (kind != Kind.UNKNOWN && !payload.named) {
      payload.refuse("payload.block_hashes", "absent", "an array of hashes");
    }
    int millis = 0;
    if (kind == Kind.BACK || kind == Kind.PIN) {
      millis = millis(payload, kind == Kind.PIN ? 1 : 0);
    }
    boolean hard = "HARD".equals(payload.mode);
    if (kind == Kind.PIN && !hard && !"SOFT".equals(payload.mode)) {
      var mode = payload.mode == null ? "absent" : shown(payload.mode);
      payload.refuse("payload.mode", mode, "SOFT or HARD");
    }
    return new HintAction(id, kind, payload.hashes, millis, hard, payload.refusal);
  }

  private static int millis(Payload payload, int least) {
    var text = payload.millis;
    if (text != null && text.matches("0|[1-9][0-9]{0,7}")) {
      int millis = Integer.parseInt(text);
      if (millis >= least && millis <= Limits.HINT_BACK_MS_MAX) {
        return millis;
      }
    }
    payload.refuse(
        "payload.milliseconds",
        text == null ? "absent" : shown(text),
        "%d to %d".formatted(least, Limits.HINT_BACK_MS_MAX));
    return 0;
  }

  private Payload payload() throws Refusal {
    var payload = new Payload(width);
    if (json.currentToken() != JsonToken.START_OBJECT) {
      payload.refuse("payload", shown(), "an object");
      json.skipChildren();
      return payload;
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      var name = json.currentName();
      json.nextToken();
      switch (name) {
        case "block_hashes" -> hashes(payload);
        case "milliseconds" -> payload.millis = scalar();
        case "mode" -> payload.mode = scalar();
        // Such as source_control_endpoint: nobody is called whom a client names.
        default -> json.skipChildren();
      }
    }
    return payload;
  }

  /// A text or number as it is written; anything else as what it is.
  private String scalar() {
    boolean scalar =
        switch (json.currentToken()) {
          case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> true;
          default -> false;
        };
    var text = scalar ? json.getString() : shown();
    json.skipChildren();
    return text;
  }

  private void hashes(Payload payload) throws Refusal {
    if (payload.named) {
      payload.refuse("payload.block_hashes", "twice", "once");
    }
    payload.named = true;
    if (json.currentToken() != JsonToken.START_ARRAY) {
      payload.refuse("payload.block_hashes", shown(), "an array of hashes");
      json.skipChildren();
      return;
    }
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
      if (hashes == Limits.READ_BLOCKS_MAX) {
        throw new Refusal(
            "LIMIT block_hashes: more in all actions (expected: at most %d)"
                .formatted(Limits.READ_BLOCKS_MAX));
      }
      hashes++;
      var hash = hash();
      if (hash == null) {
        payload.refuse(
            "payload.block_hashes[%d]".formatted(i),
            shown(),
            2 * width + " hex digits" + (width == Long.BYTES ? ", or a whole number" : ""));
        json.skipChildren();
      } else {
        bytes.writeBytes(hash);
      }
    }
    payload.hashes = BlockChain.wrap(bytes.toByteArray(), 0, bytes.size() / width, width);
  }

  /// The bytes of a hash; null if it is none.
  private byte @Nullable [] hash() {
    try {
      if (json.currentToken() == JsonToken.VALUE_STRING) {
        var text = json.getString();
        return text.length() == 2 * width ? HexFormat.of().parseHex(text) : null;
      }
      if (json.currentToken() == JsonToken.VALUE_NUMBER_INT && width == Long.BYTES) {
        var text = json.getString();
        boolean few = text.length() <= DIGITS_MAX;
        return few ? ByteBuffer.allocate(Long.BYTES).putLong(bits(text)).array() : null;
      }
    } catch (NumberFormatException tooLarge) {
      return null;
    } catch (IllegalArgumentException notHex) {
      return null;
    }
    return null;
  }

  private static long bits(String text) {
    return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
  }

  private void put(Map<String, String> texts, String name, String where) throws Refusal {
    switch (json.currentToken()) {
      case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        boolean number = json.currentToken() != JsonToken.VALUE_STRING;
        if (number && !name.endsWith("_version")) {
          throw new Refusal("SYNTAX %s: %s (expected: a text)".formatted(where, shown()));
        }
        if (texts.put(name, json.getString()) != null) {
          throw new Refusal("SYNTAX %s: twice (expected: once)".formatted(where));
        }
      }
      default -> throw new Refusal("SYNTAX %s: %s (expected: a text)".formatted(where, shown()));
    }
  }

  private static String required(
      Map<String, String> texts, String name, String where, String expected) throws Refusal {
    var text = texts.get(name);
    if (text == null) {
      throw new Refusal("SYNTAX %s: absent (expected: %s)".formatted(where, expected));
    }
    return text;
  }

  private static String id(String text, String where) throws Refusal {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > Namespace.NAME_BYTES_MAX) {
      throw new Refusal(
          "LIMIT %s: %d bytes (expected: 1 to %d)"
              .formatted(where, bytes, Namespace.NAME_BYTES_MAX));
    }
    return text;
  }

  /// The value in hand, for people.
  private String shown() {
    return switch (json.currentToken()) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_NULL -> "null";
      case null -> "nothing";
      default -> shown(json.getString());
    };
  }

  private static String shown(String text) {
    var cut = text.length() > SHOWN_MAX ? text.substring(0, SHOWN_MAX) + "..." : text;
    return cut.replaceAll("[^ -~]", "?");
  }
}
