// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RandomSource;
import org.junit.jupiter.api.Test;

/// What the cache finds, forgets and takes.
final class LevelOneCacheTest {
  private static final long MEBIBYTE = 1 << 20;

  private final Pages pages = new Pages(Layout.of(8));

  private byte[] page(long lowest, long highest, long child) {
    var page = new byte[pages.layout.pageBytes];
    pages.clear(page, 1, lowest, highest);
    pages.setLeftmost(page, child);
    return page;
  }

  @Test
  void leaf_insideAndOutside() {
    var cache = new LevelOneCache(pages, MEBIBYTE);
    cache.add(page(100, 200, 64));
    cache.add(page(300, Layout.UNBOUNDED, 128));

    assertThat(cache.leaf(99)).isZero();
    assertThat(cache.leaf(100)).isEqualTo(64);
    assertThat(cache.leaf(199)).isEqualTo(64);
    assertThat(cache.leaf(200)).isZero();
    assertThat(cache.leaf(300)).isEqualTo(128);
    assertThat(cache.leaf(-1)).isEqualTo(128);
  }

  @Test
  void add_upperHalfOfASplit_cutsTheOldCopy() {
    var cache = new LevelOneCache(pages, MEBIBYTE);
    cache.add(page(0, Layout.UNBOUNDED, 64));
    cache.add(page(500, Layout.UNBOUNDED, 128));

    assertThat(cache.size()).isEqualTo(2);
    assertThat(cache.leaf(499)).isEqualTo(64);
    assertThat(cache.leaf(500)).isEqualTo(128);
    cache.drop(600);
    assertThat(cache.leaf(600)).isZero();
    assertThat(cache.leaf(0)).isEqualTo(64);
  }

  @Test
  void add_beyondTheBudget_evictsAndStaysInside() {
    long budget = 100_000;
    var cache = new LevelOneCache(pages, budget);
    var random = RandomSource.seeded(3);
    for (int i = 0; i < 10_000; i++) {
      long low = random.nextInt(1_000) * 100L;
      cache.add(page(low, low + 100, low + 64));
      assertThat(cache.leaf(low + 50)).isEqualTo(low + 64);
      assertThat(cache.bytes()).isLessThanOrEqualTo(budget);
    }
    assertThat(cache.size()).isGreaterThan(80);
  }

  @Test
  void add_noBudget_keepsNothing() {
    var cache = new LevelOneCache(pages, 0);
    cache.add(page(0, 100, 64));

    assertThat(cache.size()).isZero();
    assertThat(cache.leaf(5)).isZero();
  }
}
