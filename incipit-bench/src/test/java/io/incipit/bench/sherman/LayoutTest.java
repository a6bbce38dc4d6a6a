// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Sizes of pages and records, and what pages keep.
final class LayoutTest {
  /// Those of 8 bytes are the published ones.
  @ParameterizedTest
  @CsvSource({"8, 1024, 61, 16, 1021, 54, 18, 1017", "32, 2560, 61, 40, 2533, 58, 42, 2529"})
  void sizes_areThoseDrawn(
      int keyBytes,
      int page,
      int branches,
      int branchBytes,
      int branchUsed,
      int entries,
      int entryBytes,
      int leafUsed) {
    var layout = Layout.of(keyBytes);

    assertThat(layout.pageBytes).isEqualTo(page);
    assertThat(layout.branchesMax).isEqualTo(branches);
    assertThat(layout.branchBytes).isEqualTo(branchBytes);
    assertThat(layout.branchRear + 1).isEqualTo(branchUsed);
    assertThat(layout.entriesMax).isEqualTo(entries);
    assertThat(layout.entryBytes).isEqualTo(entryBytes);
    assertThat(layout.leafRear + 1).isEqualTo(leafUsed);
  }

  @Test
  void otherWidth_isRefused() {
    assertThatThrownBy(() -> ShermanConfig.REPAIRED.withKeyBytes(16))
        .hasMessageContaining("keyBytes: 16 (expected: 8 or 32)");
  }

  @ParameterizedTest
  @CsvSource({"8", "32"})
  void splitEntries_full_leavesHalfSortedInEach(int keyBytes) {
    var pages = new Pages(Layout.of(keyBytes));
    int count = pages.layout.entriesMax;
    var page = new byte[pages.layout.pageBytes];
    var right = new byte[pages.layout.pageBytes];
    pages.clear(page, 0, 1, Layout.UNBOUNDED);
    for (int i = 0; i < count; i++) {
      pages.setEntry(page, pages.entry(i), 1_000 - i, i + 1);
    }
    long key = pages.splitEntries(page, right);

    assertThat(key).isEqualTo(1_000 - count + 1 + count / 2);
    assertThat(pages.lowest(right, 0)).isEqualTo(key);
    assertThat(pages.highest(right, 0)).isEqualTo(Layout.UNBOUNDED);
    assertThat(pages.entryKey(right, pages.entry(0))).isEqualTo(key);
    assertThat(pages.entryValue(right, pages.entry(0))).isEqualTo(1_000 - key + 1);
    assertThat(pages.entryKey(page, pages.entry(count / 2 - 1))).isEqualTo(key - 1);
    assertThat(pages.entryValue(page, pages.entry(count / 2))).isZero();
    assertThat(pages.isEntryWhole(right, pages.entry(0))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"8", "32"})
  void splitBranches_full_movesTheMiddleUp(int keyBytes) {
    var pages = new Pages(Layout.of(keyBytes));
    var page = new byte[pages.layout.pageBytes];
    var right = new byte[pages.layout.pageBytes];
    pages.clear(page, 2, 1, Layout.UNBOUNDED);
    pages.setLeftmost(page, 64);
    for (int i = 61; i >= 1; i--) {
      pages.addBranch(page, 10L * i, 64 + i);
    }
    long key = pages.splitBranches(page, right);

    assertThat(key).isEqualTo(310);
    assertThat(pages.branches(page, 0)).isEqualTo(30);
    assertThat(pages.branches(right, 0)).isEqualTo(30);
    assertThat(pages.leftmost(right, 0)).isEqualTo(64 + 31);
    assertThat(pages.level(right, 0)).isEqualTo(2);
    assertThat(pages.child(page, pages.childIndex(page, 9))).isEqualTo(64);
    assertThat(pages.child(page, pages.childIndex(page, 309))).isEqualTo(64 + 30);
    assertThat(pages.child(right, pages.childIndex(right, 329))).isEqualTo(64 + 32);
  }
}
