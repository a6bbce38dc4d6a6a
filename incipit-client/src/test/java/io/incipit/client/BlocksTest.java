// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.BlockChain;
import io.incipit.block.ContractField;
import io.incipit.block.ErrorCode;
import io.incipit.block.Reply;
import io.incipit.client.Fetched.End;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlocksTest {
  private static final BlockChain CHAIN =
      BlockChain.of(0x4141414141414141L, 0x4242424242424242L, 0x4343434343434343L);
  private static final PutName PUT = new PutName("kv", "request-17");

  private final ManualTime time = new ManualTime();
  private final FakeNetwork network = new FakeNetwork();
  private final IncipitClient client =
      new IncipitClient(ClientConfig.of("host", 7379), network, time, time);

  @AfterEach
  void closeClient() {
    client.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static <R> R get(CompletableFuture<R> answer) throws Exception {
    try {
      return answer.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      throw (Exception) failure.getCause();
    }
  }

  @Test
  void put_fromTheStart_saysParentsHashesAndParts() throws Exception {
    var first = client.put(PUT, BlockPart.whole(CHAIN, 0), bytes("left"));
    var third = client.put(PUT, new BlockPart(CHAIN, 2, 1, 4), bytes("right"));
    var peer = network.peer();

    assertThat(peer.request())
        .containsExactly("KVC.PUT", "kv", "request-17", "", "AAAAAAAA", "0/1", "left");
    assertThat(peer.request())
        .containsExactly("KVC.PUT", "kv", "request-17", "BBBBBBBB", "CCCCCCCC", "1/4", "right");
    peer.send("+OK\r\n+DECLINED\r\n");
    assertThat(get(first)).isEqualTo(PutOutcome.OK);
    assertThat(get(third)).isEqualTo(PutOutcome.DECLINED);
  }

  @ParameterizedTest
  @EnumSource
  void put_eachOutcome_isRead(PutOutcome outcome) throws Exception {
    var answer = client.put(PUT, BlockPart.whole(CHAIN, 1), bytes("x"));
    network.peer().send("+" + outcome + "\r\n");

    assertThat(get(answer)).isEqualTo(outcome);
  }

  @Test
  void put_largerThanAFrame_isSent() throws Exception {
    var answer = client.put(PUT, BlockPart.whole(CHAIN, 0), new byte[9 << 20]);
    network.peer().send("+OK\r\n");

    assertThat(get(answer)).isEqualTo(PutOutcome.OK);
  }

  @Test
  void commit_made_countsBlocks() throws Exception {
    var answer = client.commit(PUT);
    var peer = network.peer();
    assertThat(peer.request()).containsExactly("KVC.COMMIT", "kv", "request-17");
    peer.send("*3\r\n:2\r\n:1\r\n:4\r\n");

    assertThat(get(answer)).isEqualTo(new Committed(2, 1, 4));
  }

  @Test
  void commit_refused_saysWhy() {
    var answer = client.commit(PUT);
    network.peer().send("-BUSY on its way to disk\r\n");

    assertThatThrownBy(() -> get(answer))
        .isInstanceOfSatisfying(
            ClientException.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.BUSY));
  }

  @Test
  void abort_underWay_countsParts() throws Exception {
    var answer = client.abort(PUT);
    var peer = network.peer();
    assertThat(peer.request()).containsExactly("KVC.ABORT", "kv", "request-17");
    peer.send(":7\r\n");

    assertThat(get(answer)).isEqualTo(7);
  }

  @Test
  void read_leadingBlocks_areTheirBytes() throws Exception {
    var answer = client.read("kv", CHAIN, 3, Duration.ofMillis(20));
    var peer = network.peer();
    assertThat(peer.request())
        .containsExactly("KVC.READ", "20", "kv", "3", "AAAAAAAABBBBBBBBCCCCCCCC");
    // CRC32C of "123456789" is e3069283.
    peer.send("*2\r\n*2\r\n$4\r\n\u0083\u0092\u0006\u00e3\r\n$9\r\n123456789\r\n+MISS 1\r\n");

    var expected = List.of(ByteBuffer.wrap(bytes("123456789")));
    assertThat(get(answer)).isEqualTo(new Fetched(expected, End.MISS));
  }

  @Test
  void read_wrongByte_endsBeforeItsBlock() throws Exception {
    var answer = client.read("kv", CHAIN, 0, Duration.ZERO);
    network
        .peer()
        .send("*2\r\n*2\r\n$4\r\n\u0083\u0092\u0006\u00e3\r\n$9\r\n123456788\r\n+MISS 1\r\n");

    assertThat(get(answer)).isEqualTo(new Fetched(List.of(), End.BAD));
  }

  @Test
  void attach_fields_areSaidInTheirOrder() throws Exception {
    var said = Map.of(ContractField.ENGINE, "vllm", ContractField.DTYPE, "bf16");
    var answer = client.attach("kv", said);
    var peer = network.peer();

    assertThat(peer.request())
        .containsExactly("KVC.ATTACH", "kv", "DTYPE", "bf16", "ENGINE", "vllm");
    peer.send("+OK\r\n");
    assertThat(get(answer)).isEqualTo(new Reply.Done());
  }

  @Test
  void attach_connectionLost_isSaidAgainBeforeAnythingElse() throws Exception {
    var attached = client.attach("kv", Map.of(ContractField.DTYPE, "bf16"));
    var first = network.peer();
    first.send("+OK\r\n");
    get(attached);
    var lost = client.commit(PUT);
    first.end();
    assertThatThrownBy(() -> get(lost)).isInstanceOf(ClientException.ConnectionLost.class);

    var answer = client.commit(PUT);
    var second = network.peer();
    assertThat(second.request()).containsExactly("KVC.ATTACH", "kv", "DTYPE", "bf16");
    assertThat(second.request()).containsExactly("KVC.COMMIT", "kv", "request-17");
    second.send("+OK\r\n*3\r\n:0\r\n:0\r\n:0\r\n");
    assertThat(get(answer)).isEqualTo(new Committed(0, 0, 0));
  }

  @Test
  void attach_refused_isNotSaidAgain() {
    var attached = client.attach("kv", Map.of());
    var first = network.peer();
    first.send("-CONTRACT kv DTYPE: '' (expected: 'bf16', as those before said)\r\n");
    assertThatThrownBy(() -> get(attached))
        .isInstanceOfSatisfying(
            ClientException.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.CONTRACT));
    var lost = client.commit(PUT);
    first.end();
    assertThatThrownBy(() -> get(lost)).isInstanceOf(ClientException.ConnectionLost.class);

    var _ = client.abort(PUT);
    assertThat(network.peer().request()).containsExactly("KVC.ABORT", "kv", "request-17");
  }

  @ParameterizedTest
  @ValueSource(strings = {"+FINE\r\n", ":1\r\n", "*0\r\n", "$2\r\nOK\r\n"})
  void put_garbage_endsTheConnection(String reply) {
    var answer = client.put(PUT, BlockPart.whole(CHAIN, 0), bytes("x"));
    network.peer().send(reply);

    assertThatThrownBy(() -> get(answer))
        .isInstanceOf(ClientException.ConnectionLost.class)
        .hasMessageContaining("expected: OK, HAVE or DECLINED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"+OK\r\n", ":1\r\n", "*2\r\n:1\r\n:1\r\n", "*3\r\n:1\r\n:1\r\n:-1\r\n"})
  void commit_garbage_endsTheConnection(String reply) {
    var answer = client.commit(PUT);
    network.peer().send(reply);

    assertThatThrownBy(() -> get(answer))
        .isInstanceOf(ClientException.ConnectionLost.class)
        .hasMessageContaining("expected");
  }

  @Test
  void blocks_whatNoServerTakes_isRefusedHere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BlockPart.whole(CHAIN, 3))
        .withMessage("index: 3 (expected: in [0, 3))");
    assertThatIllegalArgumentException().isThrownBy(() -> new BlockPart(CHAIN, 0, 2, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> new PutName("kv", ""));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.read("kv", BlockChain.empty(8), 0, Duration.ZERO))
        .withMessage("chain: 0 blocks (expected: 1 to 16384)");
    assertThat(network.hasPeer()).isFalse();
  }
}
