// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A server of values in this process, which can be told to be wrong. CPU time passes as it is told
/// to: so much a call.
final class HeldValues implements KeyValue {
  private final Map<String, byte[]> values = new TreeMap<>();
  private final long callNs;
  private long passedNs;
  private @Nullable List<String> log;
  private String name = "";
  private boolean refuses;

  HeldValues(long callNs) {
    this.callNs = callNs;
  }

  /// Says who is asked what, call by call.
  HeldValues logging(String called, List<String> to) {
    name = called;
    log = to;
    return this;
  }

  /// Takes no more values, and says so.
  void refuse() {
    refuses = true;
  }

  long cpuNs() {
    return passedNs;
  }

  Map<String, byte[]> values() {
    return values;
  }

  private void called(String what) {
    passedNs += callNs;
    if (log != null) {
      log.add(name + " " + what);
    }
  }

  private static String text(byte[] key) {
    return new String(key, StandardCharsets.US_ASCII);
  }

  @Override
  public int read(byte[] key, byte[] into) throws IOException {
    called("GET");
    var value = values.get(text(key));
    if (value == null) {
      return -1;
    }
    System.arraycopy(value, 0, into, 0, value.length);
    return value.length;
  }

  @Override
  public boolean put(byte[] key, byte[] source, int from, int length) {
    called("SET");
    if (!refuses) {
      values.put(text(key), Arrays.copyOfRange(source, from, from + length));
    }
    return !refuses;
  }

  @Override
  public void drop(byte[] key) {
    values.remove(text(key));
  }

  @Override
  public void close() {
    values.clear();
  }

  /// A server that holds nothing yet.
  static Server server(String system, HeldValues held, int longest) {
    return new Server(system, held, held::cpuNs, new ValueBytes(1, longest), longest);
  }

  /// The calls of each kind.
  static Map<String, Integer> counts(List<String> log) {
    var counts = new HashMap<String, Integer>();
    log.forEach(call -> counts.merge(call, 1, Integer::sum));
    return counts;
  }
}
