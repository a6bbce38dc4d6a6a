// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.ErrorCode;
import io.incipit.client.Fetched.End;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchTest {
  private static final String LEFT_OUT = "*-1\r\n";

  private final ManualTime time = new ManualTime();
  private final FakeNetwork network = new FakeNetwork();
  private final IncipitClient client =
      new IncipitClient(ClientConfig.of("host", 7379), network, time, time);

  @AfterEach
  void closeClient() {
    client.close();
  }

  private static List<byte[]> keys(String... keys) {
    return Stream.of(keys).map(key -> key.getBytes(StandardCharsets.ISO_8859_1)).toList();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String bulk(byte[] bytes) {
    return "$" + bytes.length + "\r\n" + text(bytes) + "\r\n";
  }

  private static String block(byte[] value, byte[] sent) {
    int pieces = (value.length + 65_535) >>> 16;
    var sums = ByteBuffer.allocate(4 * pieces).order(ByteOrder.LITTLE_ENDIAN);
    for (int piece = 0; piece < pieces; piece++) {
      var sum = new CRC32C();
      sum.update(Arrays.copyOfRange(value, piece << 16, Math.min(value.length, (piece + 1) << 16)));
      sums.putInt((int) sum.getValue());
    }
    return "*2\r\n" + bulk(sums.array()) + bulk(sent);
  }

  private static String block(byte[] value) {
    return block(value, value);
  }

  private static byte[] value(int bytes) {
    var value = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      value[i] = (byte) (i * 31 + bytes);
    }
    return value;
  }

  private static Fetched get(CompletableFuture<Fetched> answer) throws Exception {
    try {
      return answer.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      throw (Exception) failure.getCause();
    }
  }

  private Fetched fetch(String reply, String... keys) throws Exception {
    var answer = client.fetch(keys(keys), Duration.ofMillis(20));
    network.peer().send(reply);
    return get(answer);
  }

  private static List<ByteBuffer> blocks(byte[]... values) {
    return Stream.of(values).map(ByteBuffer::wrap).toList();
  }

  @Test
  void fetch_allDelivered_areItsBlocks() throws Exception {
    var answer = client.fetch(keys("a", "b", "c"), Duration.ofNanos(20_000_001));
    var peer = network.peer();
    assertThat(peer.request()).containsExactly("KVC.FETCH", "21", "a", "b", "c");
    peer.send("*4\r\n" + block(value(200_000)) + block(value(0)) + block(value(65_536)));
    peer.send("+END\r\n");

    var fetched = get(answer);
    assertThat(fetched.blocks()).isEqualTo(blocks(value(200_000), value(0), value(65_536)));
    assertThat(fetched.end()).isEqualTo(End.ALL);
    assertThat(fetched.blocks()).allMatch(ByteBuffer::isReadOnly);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MISS", "BAD", "DEADLINE"})
  void fetch_endsEarly_saysWhy(String why) throws Exception {
    var end = LEFT_OUT + LEFT_OUT + "+" + why + " 1\r\n";
    var fetched = fetch("*4\r\n" + block(value(9)) + end, "a", "b", "c");

    assertThat(fetched).isEqualTo(new Fetched(blocks(value(9)), End.valueOf(why)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 65_535, 65_536, 199_999})
  void fetch_wrongByte_endsBeforeItsBlock(int at) throws Exception {
    var wrong = value(200_000);
    wrong[at] ^= 1;
    var blocks = block(value(5)) + block(value(200_000), wrong) + block(value(5));

    assertThat(fetch("*4\r\n" + blocks + "+END\r\n", "a", "b", "c"))
        .isEqualTo(new Fetched(blocks(value(5)), End.BAD));
  }

  @Test
  void fetch_moreThanOtherRepliesMayHave_isTaken() throws Exception {
    var value = value(12 << 20);
    var answer = client.fetch(keys("a", "b", "c"), Duration.ZERO);
    var peer = network.peer();
    peer.send("*4\r\n");
    for (int i = 0; i < 3; i++) {
      peer.send(block(value));
    }
    peer.send("+END\r\n");

    assertThat(get(answer).blocks()).hasSize(3);
  }

  @Test
  void fetch_refused_fails() {
    assertThatThrownBy(() -> fetch("-SYNTAX deadline-ms: 1\r\n", "a"))
        .isInstanceOfSatisfying(
            ClientException.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.SYNTAX));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+OK\r\n",
        "*0\r\n",
        "*1\r\n+END\r\n",
        "*1\r\n+MISS 1\r\n",
        "*1\r\n+GONE 0\r\n",
        "*2\r\n$1\r\nx\r\n+END\r\n",
        "*2\r\n*2\r\n$0\r\n\r\n$1\r\nx\r\n+END\r\n",
        "*3\r\n*-1\r\n*-1\r\n+MISS 0\r\n"
      })
  void fetch_garbage_endsTheConnection(String reply) {
    assertThatThrownBy(() -> fetch(reply, "a"))
        .isInstanceOf(ClientException.ConnectionLost.class)
        .hasMessageContaining("expected");
  }

  @Test
  void fetch_whatNoServerTakes_isRefusedHere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.fetch(List.of(), Duration.ZERO))
        .withMessage("keys: 0 (expected: 1 to 65534)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.fetch(keys("a"), Duration.ofMillis(-1)))
        .withMessageStartingWith("deadline: PT-0.001S (expected: 0 to");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.fetch(keys("a"), Duration.ofDays(2)));
    assertThat(network.hasPeer()).isFalse();
  }
}
