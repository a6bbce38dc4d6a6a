// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import static io.incipit.bench.load.RespClient.word;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.target.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// Our server: a `KVC.MATCH` for each request, and a `KVC.PUBLISH` of what it adds.
final class ServerSubject extends Networked {
  private static final int CURSORS_MAX = 1 << 14;
  private static final String NAMESPACE = "evaluate";
  private static final String WARM_UP = "warm-up";
  private static final int WARM_UP_LOOKUPS = 20_000;
  private static final int CURSOR_BYTES_MAX = 48;

  /// A server that takes less than this part of a core is idle.
  private static final int IDLE_PART = 50;

  private static final int IDLE_TRIES = 100;
  private static final long IDLE_NS = 200_000_000;
  private static final int HOLDER_BYTES = 16;

  private final boolean cursors;
  private final byte[] cursor = new byte[CURSOR_BYTES_MAX];
  private final byte[] holders = new byte[1 << 12];

  /// Where prompts were known up to, by the last known block; those used last.
  private final Map<Integer, byte[]> places =
      new LinkedHashMap<>(CURSORS_MAX, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, byte[]> eldest) {
          return size() > CURSORS_MAX;
        }
      };

  private String namespace = WARM_UP;
  private long seq;

  /// @param cursors whether the client keeps the places it was given, and sends what follows only
  ServerSubject(Requests requests, ServerProcess server, boolean cursors, Steps steps)
      throws IOException {
    super(requests, server, steps);
    this.cursors = cursors;
    warmUp();
    namespace = NAMESPACE;
    create();
  }

  /// Lets the server compile what it runs, in a namespace that is dropped.
  private void warmUp() throws IOException {
    create();
    for (int left = WARM_UP_LOOKUPS, i = 0; left > 0; left--, i++) {
      if (i < requests.count()) {
        put(i, requests.known(i));
      }
      lookup(i % requests.count());
    }
    send(command("KVC.NAMESPACE", "DROP", namespace));
    client.reply();
    settle();
    places.clear();
    seq = 0;
  }

  /// Waits until the server has cleared what was dropped, and its collector rests.
  private void settle() throws IOException {
    long last = serverCpuNs();
    for (int i = 0; i < IDLE_TRIES; i++) {
      LockSupport.parkNanos(IDLE_NS);
      long now = serverCpuNs();
      if (now - last < IDLE_NS / IDLE_PART) {
        return;
      }
      last = now;
    }
  }

  private void create() throws IOException {
    var create = command("KVC.NAMESPACE", "CREATE", namespace, "BLOCKTOKENS");
    create.add(word(Integer.toString(requests.blockTokens())));
    create.addAll(command("HASHBYTES", Integer.toString(HASH_BYTES)));
    send(create);
    client.reply();
  }

  @Override
  void ask(int request) throws IOException {
    int length = requests.length(request);
    int from = cursors ? placed(request) : 0;
    var words = command("KVC.MATCH", namespace);
    words.add(hashes(request, from, length));
    if (from > 0) {
      words.add(word("FROM"));
      words.add(places.get(requests.id(request, from - 1)));
    }
    send(words);
  }

  /// Blocks up to the deepest place that is kept.
  private int placed(int request) {
    int from = requests.length(request);
    while (from > 0 && !places.containsKey(requests.id(request, from - 1))) {
      from--;
    }
    return from;
  }

  @Override
  void take(int request) throws IOException {
    client.array();
    blocks = (int) client.reply();
    client.reply();
    client.reply();
    int place = client.value(cursor);
    int length = client.value(holders);
    right =
        blocks == 0
            ? length == 0
            : length == HOLDER_BYTES
                && Bytes.intAt(holders, 0) == 0
                && Bytes.intAt(holders, Integer.BYTES) == blocks;
    if (cursors && blocks > 0) {
      places.put(requests.id(request, blocks - 1), Arrays.copyOf(cursor, place));
    }
  }

  @Override
  public void put(int request, int known) throws IOException {
    if (known == requests.length(request)) {
      return;
    }
    var words = command("KVC.PUBLISH", namespace, "worker", "1", Long.toString(++seq));
    words.addAll(command("STORE", "GPU"));
    words.add(known == 0 ? new byte[0] : hashes(request, known - 1, known));
    words.add(hashes(request, known, requests.length(request)));
    send(words);
    client.reply();
  }

  @Override
  public void again() {
    places.clear();
  }

  @Override
  public long bytes() throws IOException {
    send(command("KVC.STATS", namespace));
    long bytes = 0;
    for (long left = client.array(); left > 0; left -= 2) {
      var name = text();
      var number = text();
      if (name.equals("tree-bytes") || name.equals("by-hash-bytes")) {
        bytes += Long.parseLong(number);
      }
    }
    return bytes;
  }

  private String text() throws IOException {
    int length = client.value(holders);
    return new String(holders, 0, length, StandardCharsets.UTF_8);
  }

  @Override
  public long clientBytes() {
    return (long) places.size() * CURSOR_BYTES_MAX;
  }
}
