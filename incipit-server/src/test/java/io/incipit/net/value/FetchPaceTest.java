// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.incipit.env.ManualClock;
import io.incipit.env.RawDisk;
import io.incipit.net.task.Progress;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Change;
import io.incipit.store.Durability;
import io.incipit.store.Patience;
import io.incipit.store.Store;
import io.incipit.store.StoreOptions;
import io.incipit.store.memory.HostMemory;
import io.incipit.store.retain.KeepPolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How fast a client takes what a fetch sends, and what the next one makes of that.
class FetchPaceTest {
  private static final int MIB = 1 << 20;

  private final ManualClock clock = new ManualClock();
  private final Socket socket = new Socket();
  private final MeasuredOutput output = new MeasuredOutput(socket, clock);
  private final RespBuffer out = new RespBuffer();
  private final Store store = store();
  private final Store.Visitor visitor = store.visitor();

  /// A socket that takes bytes when it is told to.
  private static final class Socket implements ValueOutput {
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean open = true;

    void take(int count) {
      for (int i = 0; i < count; i++) {
        waiting.remove().run();
      }
    }

    @Override
    public void send(ByteBuffer bytes, Runnable sent) {
      waiting.add(sent);
    }

    @Override
    public Future<?> after(long delayNs, Runnable task) {
      return CompletableFuture.completedFuture("");
    }

    @Override
    public void emitMany() {
      // Nothing is kept.
    }

    @Override
    public boolean isOpen() {
      return open;
    }
  }

  private Store store() {
    var options =
        new StoreOptions(
            8 * MIB,
            4 << 20,
            KeepPolicy.LEAF_LRU,
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            0,
            Optional.empty(),
            Durability.MEMORY,
            "store");
    try {
      return Store.open(options, new HostMemory(8 * MIB, false), RawDisk.system(), clock, 1);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  @AfterEach
  void close() throws Exception {
    store.close();
  }

  private static byte[] key(int number) {
    return ("k" + number).getBytes(StandardCharsets.US_ASCII);
  }

  private List<byte[]> put(int count, int bytes) {
    var keys = new ArrayList<byte[]>();
    for (int i = 0; i < count; i++) {
      keys.add(key(i));
      assertThat(store.now(new Put(key(i), bytes))).isTrue();
    }
    return keys;
  }

  /// Puts zeros under a key.
  private final class Put implements Change {
    private final byte[] key;
    private final int bytes;

    Put(byte[] key, int bytes) {
      this.key = key;
      this.bytes = bytes;
    }

    @Override
    public boolean run(Patience patience) {
      var place = store.reserve(key, bytes, Patience.NONE).orElseThrow();
      try (var part = place.part(0, bytes)) {
        part.write(ByteBuffer.allocate(bytes));
      }
      return store.commit(visitor, key, place, Store.NEVER);
    }

    @Override
    public void made(boolean failed) {
      assertThat(failed).isFalse();
    }
  }

  /// A fetch whose values are chosen.
  private Download fetch(int chosen, long deadlineMs, List<byte[]> keys) {
    var fetch = new Fetch(store, output, deadlineMs, Optional.empty());
    var download = new Download(store, visitor, output, () -> {}, fetch);
    assertThat(fetch.choose(keys, visitor::read, download)).isEqualTo(chosen);
    return download;
  }

  private String text() {
    return new String(out.toBytes(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void step_deadlineOverWhileTheClientTookNothing_leavesTheRestOut() {
    var download = fetch(3, 10, put(3, MIB));
    socket.open = false;
    assertThat(download.step(out)).isEqualTo(Progress.MORE);
    clock.advance(Duration.ofMillis(10));
    socket.open = true;

    assertThat(download.step(out)).isEqualTo(Progress.DONE);
    assertThat(text()).isEqualTo("*-1\r\n".repeat(3) + "+DEADLINE 0\r\n");
    assertThat(socket.waiting).isEmpty();
  }

  @Test
  void step_lessTimeThanWasJudged_sendsWhatStillSuffices() {
    var download = fetch(3, 4, put(3, MIB));
    socket.open = false;
    assertThat(download.step(out)).isEqualTo(Progress.MORE);
    clock.advance(Duration.ofMillis(2));
    socket.open = true;

    assertThat(download.step(out)).isEqualTo(Progress.DONE);
    assertThat(text()).endsWith("*-1\r\n+DEADLINE 2\r\n");
    assertThat(socket.waiting).hasSize(2);
  }

  @Test
  void choose_whatWaits_countsBeforeWhatFollows() {
    var keys = put(3, MIB);
    assertThat(fetch(3, 0, keys).step(out)).isEqualTo(Progress.DONE);
    fetch(0, 3, keys).close();
    fetch(2, 5, keys).close();
    socket.take(3);
    fetch(3, 5, keys).close();
  }

  @Test
  void bytesPerSecond_isThatOfTheSocket_beforeThatAGuess() {
    assertThat(output.bytesPerSecond()).isEqualTo(MeasuredOutput.GUESS);
    var keys = put(4, MIB);
    for (int i = 0; i < 50; i++) {
      assertThat(fetch(4, 0, keys).step(out)).isEqualTo(Progress.DONE);
      for (int sent = 0; sent < 4; sent++) {
        clock.advance(Duration.ofMillis(10));
        socket.take(1);
      }
      // Between fetches there is nothing to send, and that is not counted.
      clock.advance(Duration.ofMillis(100));
    }

    assertThat(output.bytesPerSecond()).isCloseTo(100.0 * MIB, within(3.0 * MIB));
    fetch(1, 15, keys).close();
    fetch(4, 50, keys).close();
  }
}
