// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import static io.incipit.bench.load.RespClient.word;

import java.io.IOException;

/// A server under measurement, and what its keys hold. Every value that it gives is compared with
/// what was put there, all bytes of it. For one thread.
final class Server {
  /// CPU time that a server has had.
  @FunctionalInterface
  interface CpuClock {
    long cpuNs() throws IOException;
  }

  private final String system;
  private final KeyValue client;
  private final CpuClock clock;
  private final ValueBytes values;
  private final byte[] buffer;
  private Keys keys = Keys.NONE;
  private long wrong;

  /// @param system the word for it in results
  /// @param longest value in bytes
  Server(String system, KeyValue client, CpuClock clock, ValueBytes values, int longest) {
    this.system = system;
    this.client = client;
    this.clock = clock;
    this.values = values;
    this.buffer = new byte[longest];
  }

  /// Keys whose values have one length, and how often each was put.
  private static final class Keys {
    static final Keys NONE = new Keys("", 0, 0);

    final int bytes;
    final int count;
    private final String name;
    private final int[] versions;
    private int next;

    Keys(String name, int bytes, int count) {
      this.name = name;
      this.bytes = bytes;
      this.count = count;
      this.versions = new int[count];
    }

    /// The next key in turn.
    int advance() {
      int key = next;
      next = (next + 1) % count;
      return key;
    }

    byte[] key(int i) {
      return word("bench:" + name + ":" + i);
    }

    int start(int i) {
      return ValueBytes.start(i, versions[i]);
    }

    void changed(int i) {
      versions[i]++;
    }
  }

  String system() {
    return system;
  }

  /// Replies so far that were not what they should have been.
  long wrong() {
    return wrong;
  }

  /// Puts `count` values of `bytes` bytes under keys of this name.
  void fill(String name, int bytes, int count) throws IOException {
    keys = new Keys(name, bytes, count);
    put(count);
  }

  /// Drops what [#fill] put.
  void empty() throws IOException {
    for (int i = 0; i < keys.count; i++) {
      client.drop(keys.key(i));
    }
    keys = Keys.NONE;
  }

  /// Puts as many new values, over those of the next keys.
  void put(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int key = keys.advance();
      keys.changed(key);
      if (!client.put(keys.key(key), values.source(), keys.start(key), keys.bytes)) {
        wrong++;
      }
    }
  }

  /// Takes as many values, of the next keys.
  void read(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int key = keys.advance();
      int length = client.read(keys.key(key), buffer);
      if (length != keys.bytes || !values.isValue(buffer, length, keys.start(key))) {
        wrong++;
      }
    }
  }

  /// What is done with values.
  enum Work {
    GET,
    SET
  }

  /// Does it `count` times.
  ///
  /// @return CPU time of the server in milliseconds for each GiB of values
  double cost(Work work, int count) throws IOException {
    long before = clock.cpuNs();
    switch (work) {
      case GET -> read(count);
      case SET -> put(count);
    }
    double millis = (clock.cpuNs() - before) / 1e6;
    return millis * (1 << 30) / ((double) count * keys.bytes);
  }
}
