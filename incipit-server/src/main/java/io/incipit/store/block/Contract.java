// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

import io.incipit.block.Namespace;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What the bytes of a namespace's blocks depend on, beside their tokens. Whoever writes or reads
/// them says it; it has to be the same for all, else a reader would take bytes of another shape for
/// its own.
///
/// Immutable.
public final class Contract {
  /// What a contract says. Texts of at most [Namespace#NAME_BYTES_MAX] bytes; empty if not said.
  public enum Field {
    /// Tokens of a block.
    BLOCKTOKENS,
    /// Bytes of a hash.
    HASHBYTES,
    /// How hashes are made.
    ALGORITHM,
    /// Model and revision.
    MODEL,
    /// Layout of a block's bytes.
    LAYOUT,
    /// Type of an element, or the quantisation.
    DTYPE,
    /// Shape of tensor and pipeline parallelism.
    PARALLEL,
    /// Version of what writes the bytes for the engine.
    ADAPTER,
    /// Build of the engine.
    ENGINE,
    /// Whatever else is to set bytes apart.
    SALT
  }

  private final Map<Field, String> fields;
  private final long fingerprint;

  private Contract(Map<Field, String> fields) {
    this.fields = fields;
    this.fingerprint = hash(fields);
  }

  /// The contract of a namespace, with what somebody says beyond it. Where the namespace says
  /// something, that is kept: [#difference] tells whether what was said agrees.
  public static Contract of(Namespace namespace, Map<Field, String> said) {
    var fields = new EnumMap<Field, String>(Field.class);
    for (var field : Field.values()) {
      fields.put(field, Objects.requireNonNullElse(said.get(field), ""));
    }
    of(namespace)
        .forEach(
            (field, value) -> {
              if (!value.isEmpty()) {
                fields.put(field, value);
              }
            });
    return new Contract(fields);
  }

  private static Map<Field, String> of(Namespace namespace) {
    return Map.of(
        Field.BLOCKTOKENS, Integer.toString(namespace.blockTokens()),
        Field.HASHBYTES, Integer.toString(namespace.hashBytes()),
        Field.ALGORITHM, namespace.algorithm(),
        Field.MODEL, namespace.model(),
        Field.LAYOUT, namespace.layout());
  }

  /// Covers names and lengths of all fields, so that no two contracts share bytes.
  private static long hash(Map<Field, String> fields) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      fields.forEach(
          (field, value) -> {
            add(digest, field.name());
            add(digest, value);
          });
      return ByteBuffer.wrap(digest.digest()).getLong();
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException(absent);
    }
  }

  private static void add(MessageDigest digest, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    digest.update(bytes);
  }

  /// Stands for the contract in every key: the first 8 bytes of a SHA-256 of all fields.
  public long fingerprint() {
    return fingerprint;
  }

  /// The first field in which something said is not as in this contract.
  ///
  /// @param said texts of some fields
  public Optional<Field> difference(Map<Field, String> said) {
    return said.entrySet().stream()
        .filter(one -> !one.getValue().equals(get(one.getKey())))
        .map(Map.Entry::getKey)
        .sorted()
        .findFirst();
  }

  /// The first field in which another contract is not the same.
  Optional<Field> difference(Contract other) {
    return difference(other.fields);
  }

  /// What the contract says of a field; empty if nothing.
  public String get(Field field) {
    return Objects.requireNonNull(fields.get(field));
  }
}
