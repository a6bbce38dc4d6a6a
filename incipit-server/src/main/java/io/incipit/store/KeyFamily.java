// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.block.Hash64;
import io.incipit.store.block.BlockKey;
import io.incipit.store.disk.record.KeyHash;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/// The keys that stand for one chunk of a prompt: LMCache writes one for each rank of a model, in
/// some modes for each layer, and in some two. One without the others is of no use, and harms an
/// engine whose ranks do not agree (LMCache issue 1467), so they live and die together.
///
/// Shapes as of LMCache 0.5.6 and before:
///
/// ```
/// model@worldSize@worker@chunkHash[@dtype[@tag...]][@layer]   in the engine's process; may end
///                                                             in metadata or kv_bytes, with a
///                                                             colon before it or not
/// [prefix@]model@kvRank@[objectGroup@]chunkHash[@salt]        of its server; kvRank has 8 digits
/// ```
///
/// So do the parts of a block: see [BlockKey]. A key of any other shape is a family of its own.
///
/// @param id the same for all members of a family, and for no others but by chance (64 bits)
/// @param known whether the shape is one of these
/// @param content whether equal keys have equal values, so that the first one may stay
public record KeyFamily(long id, boolean known, boolean content) {
  private static final String METADATA = "metadata";
  private static final String KV_BYTES = "kv_bytes";
  private static final int FIELDS_MIN = 3;

  /// What does not name the rank or the layer is in the groups.
  private static final Pattern IN_PROCESS =
      Pattern.compile("(.+@[0-9]{1,5}@)[0-9]{1,5}(@-?[0-9a-f]{8,64}(?:@.*?)?)(?:@[0-9]{1,4})?");

  private static final Pattern OF_SERVER =
      Pattern.compile("(.+@[0-9a-f]{2})[0-9a-f]{6}(?:@[0-9a-f]{1,4})?(@[0-9a-f]{16,64}(?:@(.*))?)");

  /// The family of a key.
  ///
  /// @param seed of the hash of names
  public static KeyFamily of(byte[] key, long seed) {
    var block = BlockKey.parse(key);
    if (block.isPresent()) {
      return new KeyFamily(block.get().id(seed), true, true);
    }
    if (fields(key) >= FIELDS_MIN) {
      var text = new String(key, StandardCharsets.ISO_8859_1);
      var name = withoutRole(text);
      for (var shape : new Pattern[] {OF_SERVER, IN_PROCESS}) {
        var parts = shape.matcher(name);
        if (parts.matches()) {
          long id = hash(parts.group(1) + parts.group(2), seed);
          return new KeyFamily(id, true, text.endsWith(KV_BYTES));
        }
      }
    }
    return new KeyFamily(Hash64.chain(seed, key, 0, key.length), false, false);
  }

  /// The cache salt that a key ends in, if it is one of LMCache's server and has one.
  ///
  /// @return its bytes, each as a character
  static Optional<String> salt(byte[] key) {
    if (fields(key) <= FIELDS_MIN || BlockKey.isReserved(key)) {
      return Optional.empty();
    }
    var parts = OF_SERVER.matcher(new String(key, StandardCharsets.ISO_8859_1));
    return parts.matches()
        ? Optional.ofNullable(parts.group(3)).filter(salt -> !salt.isEmpty())
        : Optional.empty();
  }

  /// What stands for a key on disk: relatives are found together.
  ///
  /// @param seed of the store
  static KeyHash name(long seed, byte[] key) {
    return KeyHash.of(of(key, seed).id, seed, key);
  }

  private static int fields(byte[] key) {
    int fields = 1;
    for (byte letter : key) {
      fields += letter == '@' ? 1 : 0;
    }
    return fields;
  }

  /// The key without the word that says which of two records it is.
  private static String withoutRole(String key) {
    int more = key.endsWith(METADATA) || key.endsWith(KV_BYTES) ? METADATA.length() : 0;
    var name = key.substring(0, key.length() - more);
    if (more > 0 && name.endsWith(":")) {
      name = name.substring(0, name.length() - 1);
      boolean tagged = name.startsWith("{") && name.endsWith("}");
      return tagged ? name.substring(1, name.length() - 1) : name;
    }
    return name;
  }

  /// Apart from the hashes of keys that are families of their own.
  private static long hash(String name, long seed) {
    var bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    return Hash64.chain(~seed, bytes, 0, bytes.length);
  }
}
