// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.incipit.env.RandomSource;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Sizes as the original programs print them, and what lines say of torn nodes.
final class LayoutTest {
  private static ChimeConfig config(boolean chime, int keyBytes) {
    return (chime ? ChimeConfig.CHIME : ChimeConfig.SHERMAN_CLV).withKeyBytes(keyBytes);
  }

  @ParameterizedTest
  @CsvSource({
    "true, 8, 19, 10, 1296, 1316, 1320, 1332",
    "true, 32, 43, 10, 2832, 2876, 2880, 2892",
    "false, 8, 17, 27, 1115, 1132, 1136, 1148",
    "false, 32, 41, 75, 2699, 2741, 2744, 2757"
  })
  void leaf_hasTheOriginalsSizes(
      boolean chime, int key, int entry, int meta, int plain, int wire, int lock, int all) {
    var layout = new LeafLayout(config(chime, key));

    assertThat(layout.entryBytes).isEqualTo(entry);
    assertThat(layout.metaBytes).isEqualTo(meta);
    assertThat(layout.plainBytes).isEqualTo(plain);
    assertThat(layout.lines.wireBytes).isEqualTo(wire);
    assertThat(layout.lockAt).isEqualTo(lock);
    assertThat(layout.allocatedBytes).isEqualTo(all);
  }

  @ParameterizedTest
  @CsvSource({"8, 43, 17, 1131, 1148, 1152, 1164", "32, 91, 41, 2715, 2758, 2760, 2774"})
  void inner_hasTheOriginalsSizes(
      int key, int header, int entry, int plain, int wire, int lock, int all) {
    var layout = new InnerLayout(key);

    assertThat(layout.headerBytes).isEqualTo(header);
    assertThat(layout.entryBytes).isEqualTo(entry);
    assertThat(layout.plainBytes).isEqualTo(plain);
    assertThat(layout.wireBytes).isEqualTo(wire);
    assertThat(layout.lockAt).isEqualTo(lock);
    assertThat(layout.allocatedBytes).isEqualTo(all);
  }

  /// With 32-byte keys the text has 44 as the least entry; those that lie in one line have 43.
  @ParameterizedTest
  @CsvSource({"8, 19, 30, 20.7, 164.5, 34", "32, 43, 54, 45, 359.5, 33"})
  void segments_haveTheOriginalsSizes(
      int key, int least, int most, double mean, double neighbourhood, int span) {
    var layout = new LeafLayout(config(true, key));
    var entries = IntStream.range(0, 64).map(slot -> layout.segmentBytes(slot, slot)).toArray();

    assertThat(IntStream.of(entries).min().orElseThrow()).isEqualTo(least);
    assertThat(IntStream.of(entries).max().orElseThrow()).isEqualTo(most);
    assertThat(IntStream.of(entries).average().orElseThrow()).isCloseTo(mean, within(0.02 * mean));
    assertThat(
            IntStream.range(0, 64)
                .map(home -> neighbourhoodBytes(layout, home))
                .average()
                .orElseThrow())
        .isCloseTo(neighbourhood, within(0.1));
    assertThat(Segments.spanMax(layout)).isEqualTo(span);
  }

  private static int neighbourhoodBytes(LeafLayout layout, int home) {
    int last = home + 7;
    return last < 64
        ? layout.segmentBytes(home, last)
        : layout.segmentBytes(home, 63) + layout.segmentBytes(0, last - 64);
  }

  @Test
  void homes_wrapInSevenOf64() {
    long wrapped = IntStream.range(1, 64_001).filter(key -> LeafLayout.home(key) > 56).count();

    assertThat(wrapped / 64_000.0).isCloseTo(7 / 64.0, within(0.02 * 7 / 64));
  }

  @Test
  void lines_bringBackWhatTheyTook() {
    var layout = new LeafLayout(ChimeConfig.CHIME);
    var random = RandomSource.seeded(1);
    var plain = new byte[layout.plainBytes];
    random.nextBytes(plain);
    var wired = new byte[layout.allocatedBytes];
    layout.lines.encode(plain, wired, 0, plain.length);
    for (int first = 0; first < 64; first++) {
      for (int last = first; last < 64; last++) {
        int from = layout.begin(first);
        int to = layout.end(last);
        var back = new byte[plain.length];
        Lines.decode(wired, back, from, to);
        assertThat(java.util.Arrays.equals(back, from, to, plain, from, to)).isTrue();
        assertThat(layout.lines.areWhole(wired, back, from, to)).isTrue();
      }
    }
  }

  /// One line is from another write, of the whole leaf: each reader of it sees that.
  @ParameterizedTest
  @CsvSource({"true, 8", "true, 32", "false, 8", "false, 32"})
  void tornLine_isSeen(boolean chime, int keyBytes) {
    var layout = new LeafLayout(config(chime, keyBytes));
    var old = new byte[layout.allocatedBytes];
    var young = new byte[layout.allocatedBytes];
    var plain = new byte[layout.plainBytes];
    layout.lines.encode(plain, old, 0, plain.length);
    for (int i = 0; i < layout.groups; i++) {
      plain[layout.meta(i)] = 0x10;
    }
    for (int slot = 0; slot < 64; slot++) {
      plain[layout.entry(slot)] = 0x10;
    }
    layout.lines.encode(plain, young, 0, plain.length);
    for (int line = 0; line * 64 < layout.lines.wireBytes; line++) {
      var torn = old.clone();
      int end = Math.min(torn.length, line * 64 + 64);
      System.arraycopy(young, line * 64, torn, line * 64, end - line * 64);
      assertThat(seesTorn(layout, torn)).as("line %d", line).isTrue();
    }
  }

  private static boolean seesTorn(LeafLayout layout, byte[] torn) {
    var back = new byte[layout.plainBytes];
    Lines.decode(torn, back, 0, back.length);
    boolean mixed = false;
    for (int slot = 0; slot < 64; slot++) {
      mixed |= back[layout.entry(slot)] != back[0];
    }
    return mixed || !layout.lines.areWhole(torn, back, 0, back.length);
  }

  @Test
  void lockWord_namesBucketsWithHoles() {
    long word = 0;
    for (int slot = 0; slot < 64; slot++) {
      assertThat(LockWord.firstSlot(LockWord.bucket(slot))).isLessThanOrEqualTo(slot);
      assertThat(LockWord.lastSlot(LockWord.bucket(slot))).isGreaterThanOrEqualTo(slot);
      word = LockWord.full(word, slot);
    }
    assertThat(LockWord.vacantFrom(word, 0)).isEqualTo(-1);
    assertThat(LockWord.vacantFrom(LockWord.vacant(word, 40), 3)).isBetween(40, 41);
    assertThat(LockWord.vacantFrom(LockWord.vacant(word, 2), 3)).isEqualTo(-1);
    assertThat(LockWord.maxSlot(LockWord.withMaxSlot(word, 37))).isEqualTo(37);
    assertThat(LockWord.isLocked(LockWord.withMaxSlot(word, 63))).isFalse();
    assertThat(LockWord.isLocked(-1)).isTrue();
    int doubles = (int) IntStream.range(0, 57).filter(b -> isDouble(b)).count();
    assertThat(doubles).isEqualTo(7);
  }

  private static boolean isDouble(int bucket) {
    return LockWord.lastSlot(bucket) > LockWord.firstSlot(bucket);
  }

  @Test
  void config_refusesWhatCannotBe() {
    assertThatThrownBy(() -> ChimeConfig.CHIME.withKeyBytes(16))
        .hasMessage("keyBytes: 16 (expected: 8 or 32)");
    assertThatThrownBy(() -> ChimeConfig.CHIME.withCaches(1, 4_096))
        .hasMessage("treeCacheBytes: 1 (expected: 4096 or more)");
    assertThatThrownBy(() -> new ChimeConfig.Changes(false, true, false, false, false))
        .hasMessageContaining("hopscotch: false (expected: true");
  }
}
