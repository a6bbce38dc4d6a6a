// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

import io.incipit.block.ContractField;
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
  private final Map<ContractField, String> fields;
  private final long fingerprint;

  private Contract(Map<ContractField, String> fields) {
    this.fields = fields;
    this.fingerprint = hash(fields);
  }

  /// The contract of a namespace, with what somebody says beyond it. Where the namespace says
  /// something, that is kept: [#difference] tells whether what was said agrees.
  public static Contract of(Namespace namespace, Map<ContractField, String> said) {
    var fields = new EnumMap<ContractField, String>(ContractField.class);
    for (var field : ContractField.values()) {
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

  private static Map<ContractField, String> of(Namespace namespace) {
    return Map.of(
        ContractField.BLOCKTOKENS, Integer.toString(namespace.blockTokens()),
        ContractField.HASHBYTES, Integer.toString(namespace.hashBytes()),
        ContractField.ALGORITHM, namespace.algorithm(),
        ContractField.MODEL, namespace.model(),
        ContractField.LAYOUT, namespace.layout());
  }

  /// Covers names and lengths of all fields, so that no two contracts share bytes.
  private static long hash(Map<ContractField, String> fields) {
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
  public Optional<ContractField> difference(Map<ContractField, String> said) {
    return said.entrySet().stream()
        .filter(one -> !one.getValue().equals(get(one.getKey())))
        .map(Map.Entry::getKey)
        .sorted()
        .findFirst();
  }

  /// The first field in which another contract is not the same.
  public Optional<ContractField> difference(Contract other) {
    return difference(other.fields);
  }

  /// What the contract says of a field; empty if nothing.
  public String get(ContractField field) {
    return Objects.requireNonNull(fields.get(field));
  }
}
