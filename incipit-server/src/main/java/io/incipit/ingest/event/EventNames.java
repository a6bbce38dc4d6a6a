// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.event;

import io.incipit.ingest.event.EngineEvent.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The words that engines use in events. Tags and keys come with every event, so they are compared
/// as bytes.
final class EventNames {
  /// Keys of an event that is a map.
  enum Key {
    TYPE("type"),
    BLOCK_HASHES("block_hashes"),
    SEQ_HASHES("seq_hashes"),
    PARENT_BLOCK_HASH("parent_block_hash"),
    TOKEN_IDS("token_ids"),
    BLOCK_SIZE("block_size"),
    MEDIUM("medium"),
    LORA_NAME("lora_name"),
    EXTRA_KEYS("extra_keys"),
    CACHE_SALT("cache_salt"),
    GROUP_IDX("group_idx"),
    SPEC_KIND("kv_cache_spec_kind"),
    LOCALITY("locality"),
    LOOKAHEAD("lookahead_token_ids"),
    MM_KEYS("mm_keys"),
    OTHER("");

    private final String text;

    Key(String text) {
      this.text = text;
    }
  }

  private static final Key[] KEYS = Key.values();
  private static final List<byte[]> KEY_BYTES =
      Arrays.stream(KEYS).map(key -> bytes(key.text)).toList();
  private static final byte[] STORED = bytes("BlockStored");
  private static final byte[] REMOVED = bytes("BlockRemoved");
  private static final byte[] CLEARED = bytes("AllBlocksCleared");

  private EventNames() {}

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// What the text that was just passed says of an event.
  static Kind tag(MessagePack in, int length) {
    if (in.isRaw(STORED, length)) {
      return Kind.STORED;
    }
    if (in.isRaw(REMOVED, length)) {
      return Kind.REMOVED;
    }
    return in.isRaw(CLEARED, length) ? Kind.CLEARED : Kind.UNKNOWN;
  }

  /// The key that was just passed.
  static Key key(MessagePack in, int length) {
    for (int i = 0; i < KEYS.length; i++) {
      if (in.isRaw(KEY_BYTES.get(i), length)) {
        return KEYS[i];
      }
    }
    return Key.OTHER;
  }

  /// Whether blocks of this kind of layer need all blocks before them; empty is the usual kind.
  static boolean isPrefix(String kind) {
    return switch (kind) {
      case "", "full_attention", "mla_attention", "sink_full_attention", "unknown" -> true;
      default -> false;
    };
  }

  static boolean isRemote(String locality) {
    return !locality.isEmpty() && !locality.toUpperCase(Locale.ROOT).equals("LOCAL");
  }
}
