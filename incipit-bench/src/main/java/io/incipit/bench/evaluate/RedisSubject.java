// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.load.RespClient;
import io.incipit.bench.pool.Bytes;
import io.incipit.bench.target.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Redis, or what speaks as it does: a key of 16 bytes for each block, with a value of 8.
final class RedisSubject extends Networked {
  /// Gives the values up to the first key that has none.
  private static final String WALK =
      "local found = {} for i, key in ipairs(KEYS) do local value = redis.call('GET', key)"
          + " if not value then break end found[i] = value end return found";

  private static final int VALUE_BYTES = Long.BYTES;
  private static final int KEYS_AT_ONCE = 1_000;

  /// How it is asked.
  enum Manner {
    /// All keys of a request in one `MGET`.
    MGET,
    /// All keys of a request in one `EXISTS`, which counts; it gives no values.
    EXISTS,
    /// A script that ends at the first key without a value.
    WALK,
    /// As the paper asks it, one after the other: an `MGET` for each stretch of contiguous blocks,
    /// a `GET` for each other block.
    STRETCHES,
    /// A `GET` for each key, one after the other, up to the first that has no value.
    GET
  }

  private final Manner manner;
  private final byte[] script;
  private final long emptyBytes;
  private final byte[] value = new byte[VALUE_BYTES];

  RedisSubject(Requests requests, ServerProcess server, Manner manner, Steps steps)
      throws IOException {
    super(requests, server, steps);
    this.manner = manner;
    this.script = manner == Manner.WALK ? load() : new byte[0];
    this.emptyBytes = usedBytes();
  }

  private byte[] load() throws IOException {
    send(command("SCRIPT", "LOAD", WALK));
    var sha = new byte[40];
    client.value(sha);
    return sha;
  }

  @Override
  public void lookup(int request) throws IOException {
    if (manner != Manner.STRETCHES) {
      super.lookup(request);
      return;
    }
    right = true;
    blocks = 0;
    for (int from = 0; from < requests.length(request); ) {
      from = stretch(request, from);
    }
  }

  @Override
  boolean pipelines() {
    return manner != Manner.STRETCHES && manner != Manner.GET;
  }

  @Override
  void ask(int request) throws IOException {
    int length = requests.length(request);
    var words = new ArrayList<byte[]>(length + 3);
    switch (manner) {
      case MGET, EXISTS -> words.add(RespClient.word(manner.name()));
      case WALK -> {
        words.addAll(command("EVALSHA"));
        words.add(script);
        words.add(RespClient.word(Integer.toString(length)));
      }
      case STRETCHES, GET -> {
        return;
      }
    }
    for (int i = 0; i < length; i++) {
      words.add(hashes(request, i, i + 1));
    }
    send(words);
  }

  @Override
  void take(int request) throws IOException {
    right = true;
    blocks = 0;
    switch (manner) {
      case EXISTS -> blocks = (int) client.reply();
      case MGET, WALK -> takeValues(request, (int) client.array());
      case STRETCHES -> throw new IllegalStateException("stretches are looked up one by one");
      case GET -> {
        boolean found = true;
        while (found && blocks < requests.length(request)) {
          send(List.of(RespClient.word("GET"), hashes(request, blocks, blocks + 1)));
          found = takeValue(requests.id(request, blocks));
          blocks += found ? 1 : 0;
        }
      }
    }
  }

  /// Asks for the stretch that begins at a block.
  ///
  /// @return where it ends
  private int stretch(int request, int from) throws IOException {
    int end = from + 1;
    while (end < requests.length(request)
        && requests.id(request, end) == requests.id(request, end - 1) + 1) {
      end++;
    }
    int stop = end;
    timed(end - from == 1 ? Step.SEARCH : Step.RANGE, () -> stretch(request, from, stop));
    return end;
  }

  private void stretch(int request, int from, int end) throws IOException {
    var words = command(end - from == 1 ? "GET" : "MGET");
    for (int i = from; i < end; i++) {
      words.add(hashes(request, i, i + 1));
    }
    send(words);
    if (end - from > 1) {
      client.array();
    }
    for (int i = from; i < end; i++) {
      boolean leading = blocks == i;
      blocks += takeValue(requests.id(request, i)) && leading ? 1 : 0;
    }
  }

  private void takeValues(int request, int count) throws IOException {
    boolean leading = true;
    for (int i = 0; i < count; i++) {
      leading &= takeValue(requests.id(request, i));
      blocks += leading ? 1 : 0;
    }
  }

  private boolean takeValue(int id) throws IOException {
    int length = client.value(value);
    right &= length < 0 || Bytes.longAt(value, 0) == Keys.value(id);
    return length >= 0;
  }

  @Override
  public void put(int request, int known) throws IOException {
    for (int from = known; from < requests.length(request); from += KEYS_AT_ONCE) {
      var words = command("MSET");
      for (int i = from; i < Math.min(from + KEYS_AT_ONCE, requests.length(request)); i++) {
        var eight = new byte[VALUE_BYTES];
        Bytes.setLong(eight, 0, Keys.value(requests.id(request, i)));
        words.add(hashes(request, i, i + 1));
        words.add(eight);
      }
      send(words);
      client.reply();
    }
  }

  @Override
  public long bytes() throws IOException {
    return usedBytes() - emptyBytes;
  }

  private long usedBytes() throws IOException {
    send(command("INFO", "memory"));
    var info = new byte[1 << 14];
    int length = client.value(info);
    return new String(info, 0, length, StandardCharsets.US_ASCII)
        .lines()
        .filter(line -> line.startsWith("used_memory:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElseThrow(() -> new IOException("INFO memory: no used_memory (expected: a line of it)"));
  }
}
