// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The first message of a client of TLS, as bytes, with whatever it is to offer (RFC 8446, 4.1.2,
/// and RFC 5246). Immutable.
///
/// @param suites their numbers
/// @param versions in the extension that says which are spoken; none for no such extension, so TLS
///     1.2 at most
/// @param compressions methods that are offered
record ClientHello(List<Integer> suites, List<Integer> versions, List<Integer> compressions) {
  static final int TLS_1_0 = 0x0301;
  static final int TLS_1_1 = 0x0302;
  static final int TLS_1_2 = 0x0303;
  static final int TLS_1_3 = 0x0304;

  static final int ALERT = 21;
  static final int HANDSHAKE = 22;

  /// Alerts.
  static final int HANDSHAKE_FAILURE = 40;

  static final int PROTOCOL_VERSION = 70;

  /// All suites that this server ever agrees on, by the numbers of IANA: AES-GCM and
  /// ChaCha20-Poly1305, of TLS 1.3, and of 1.2 by ECDHE with ECDSA and with RSA.
  static final List<Integer> GOOD =
      List.of(0x1301, 0x1302, 0x1303, 0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9);

  private static final int SUITES_MAX = 8_000;

  /// One of TLS 1.2.
  static ClientHello ofTls12(List<Integer> suites) {
    return new ClientHello(suites, List.of(), List.of(0));
  }

  /// Hellos of TLS 1.2 that offer, together, every suite that has a number, but those.
  static List<ClientHello> ofAllBut(List<Integer> left) {
    var hellos = new ArrayList<ClientHello>();
    for (int from = 0; from < 0x10000; from += SUITES_MAX) {
      var some =
          IntStream.range(from, Math.min(0x10000, from + SUITES_MAX))
              .boxed()
              .filter(suite -> !left.contains(suite))
              .toList();
      hellos.add(ofTls12(some));
    }
    return hellos;
  }

  /// The message, without a record around it.
  byte[] message() {
    var body = new ByteArrayOutputStream();
    body.writeBytes(two(Math.min(TLS_1_2, versions.stream().reduce(TLS_1_2, Math::min))));
    body.writeBytes(new byte[32]);
    body.write(0);
    body.writeBytes(with(2, twos(suites)));
    body.write(compressions.size());
    compressions.forEach(body::write);
    body.writeBytes(with(2, extensions()));
    var bytes = body.toByteArray();
    return concat(new byte[] {1, (byte) (bytes.length >> 16)}, two(bytes.length), bytes);
  }

  private byte[] extensions() {
    var share = new byte[32];
    share[0] = 9;
    return concat(
        // Groups: x25519 and secp256r1.
        extension(10, with(2, twos(List.of(0x001d, 0x0017)))),
        extension(11, new byte[] {1, 0}),
        // Signatures: ECDSA and RSA-PSS with SHA-256, RSA with SHA-256, ECDSA with SHA-1.
        extension(13, with(2, twos(List.of(0x0403, 0x0804, 0x0401, 0x0203)))),
        // There was no handshake before.
        extension(0xff01, new byte[1]),
        extension(51, with(2, concat(two(0x001d), with(2, share)))),
        versions.isEmpty() ? new byte[0] : extension(43, with(1, twos(versions))));
  }

  private static byte[] extension(int type, byte[] content) {
    return concat(two(type), with(2, content));
  }

  /// The whole in records of at most so many bytes.
  byte[] records(int bytes) {
    var message = message();
    var out = new ByteArrayOutputStream();
    for (int from = 0; from < message.length; from += bytes) {
      int length = Math.min(bytes, message.length - from);
      out.writeBytes(header(HANDSHAKE, length));
      out.write(message, from, length);
    }
    return out.toByteArray();
  }

  /// What stands before the bytes of a record.
  static byte[] header(int type, int length) {
    return concat(new byte[] {(byte) type, 3, 1}, two(length));
  }

  private static byte[] twos(List<Integer> numbers) {
    return concat(numbers.stream().map(ClientHello::two).toArray(byte[][]::new));
  }

  private static byte[] two(int number) {
    return new byte[] {(byte) (number >> 8), (byte) number};
  }

  /// Bytes behind their length.
  private static byte[] with(int bytesOfLength, byte[] content) {
    var length = ByteBuffer.allocate(4).putInt(content.length).array();
    return concat(Arrays.copyOfRange(length, 4 - bytesOfLength, 4), content);
  }

  static byte[] concat(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (var part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
