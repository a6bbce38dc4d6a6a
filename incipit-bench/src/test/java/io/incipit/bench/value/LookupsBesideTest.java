// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class LookupsBesideTest {
  private static final long WHILE_NS = 20_000_000;

  private final List<String> log = Collections.synchronizedList(new ArrayList<>());

  private Server server(KeyValue held, int longest) {
    return new Server("fake", held, () -> 0, new ValueBytes(1, longest), longest);
  }

  @Test
  void p999_whileLargeOnesAreRead_asksForBothAndIsRight() throws Exception {
    var small = server(new HeldValues(1).logging("small", log), LookupsBeside.SMALL_BYTES);
    var large = server(new HeldValues(1).logging("large", log), LookupsBeside.LARGE_BYTES);
    var beside = new LookupsBeside(small, large);
    beside.fill();
    log.clear();

    assertThat(beside.p999Us(WHILE_NS)).isPositive();

    assertThat(HeldValues.counts(log)).containsEntry("small GET", 40).containsKey("large GET");
    assertThat(small.wrong() + large.wrong()).isZero();
  }

  @Test
  void p999_largeOnesFail_fails() throws Exception {
    var small = server(new HeldValues(1), LookupsBeside.SMALL_BYTES);
    var broken = new HeldValues(1);
    var large = server(new Ending(broken), LookupsBeside.LARGE_BYTES);
    var beside = new LookupsBeside(small, large);
    small.fill("small", LookupsBeside.SMALL_BYTES, 1);
    large.fill("large", LookupsBeside.LARGE_BYTES, 1);

    assertThatThrownBy(() -> beside.p999Us(WHILE_NS))
        .isInstanceOf(IOException.class)
        .hasMessage("gone");
  }

  /// Takes values, and gives none.
  private record Ending(HeldValues held) implements KeyValue {
    @Override
    public int read(byte[] key, byte[] into) throws IOException {
      throw new IOException("gone");
    }

    @Override
    public boolean put(byte[] key, byte[] source, int from, int length) {
      return held.put(key, source, from, length);
    }

    @Override
    public void drop(byte[] key) {
      held.drop(key);
    }

    @Override
    public void close() {
      held.close();
    }
  }
}
