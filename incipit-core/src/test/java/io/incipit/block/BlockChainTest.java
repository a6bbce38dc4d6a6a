// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BlockChainTest {
  private static final byte[] BYTES =
      HexFormat.of()
          .parseHex(
              "ff"
                  + "000000000000000000000000000000000000000000000001"
                  + "0000000000000002"
                  + "8000000000000003"
                  + "00000000000000040000000000000005");

  @Test
  void lowAndHigh_ofEachWidth_areTheLastSixteenBytes() {
    var wide = BlockChain.wrap(BYTES, 1, 1, 32);
    assertEquals(2, wide.low(0));
    assertEquals(1, wide.high(0));
    var pairs = BlockChain.wrap(BYTES, 25, 2, 16);
    assertEquals(2, pairs.high(0));
    assertEquals(0x8000_0000_0000_0003L, pairs.low(0));
    assertEquals(4, pairs.high(1));
    assertEquals(5, pairs.low(1));
    var narrow = BlockChain.wrap(BYTES, 41, 2, 8);
    assertEquals(4, narrow.low(0));
    assertEquals(0, narrow.high(0));
    assertEquals(5, narrow.low(1));
  }

  @Test
  void wrap_beyondTheBytes_isRefused() {
    assertEquals(7, BlockChain.wrap(BYTES, 1, 7, 8).length());
    assertEquals(0, BlockChain.wrap(BYTES, BYTES.length, 0, 8).toBytes().length);
    assertThrows(IllegalArgumentException.class, () -> BlockChain.wrap(BYTES, 1, 8, 8));
    assertThrows(IllegalArgumentException.class, () -> BlockChain.wrap(BYTES, -1, 1, 8));
    assertThrows(IllegalArgumentException.class, () -> BlockChain.wrap(BYTES, 0, -1, 8));
    assertThrows(
        IllegalArgumentException.class, () -> BlockChain.wrap(BYTES, BYTES.length + 1, 0, 8));
    assertThrows(
        IllegalArgumentException.class, () -> BlockChain.wrap(BYTES, 0, Integer.MAX_VALUE, 32));
  }

  @Test
  void widths_butThree_areRefused() {
    for (int hashBytes : new int[] {0, -8, 4, 24, 33, 64}) {
      var refused = assertThrows(IllegalArgumentException.class, () -> BlockChain.empty(hashBytes));
      assertEquals(
          "hashBytes: %d (expected: 8, 16 or 32)".formatted(hashBytes), refused.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> BlockChain.ofPairs(1, 2, 3));
  }

  @Test
  void slice_ofASlice_countsFromItsOwnStart() {
    var chain = BlockChain.ofPairs(1, 10, 2, 20, 3, 30, 4, 40);
    var part = chain.slice(1, 4).slice(1, 3);
    assertEquals(BlockChain.ofPairs(3, 30, 4, 40), part);
    assertEquals(30, part.low(0));
    assertEquals(4, part.high(1));
    assertEquals(0, chain.slice(4, 4).length());
    assertThrows(IllegalArgumentException.class, () -> part.slice(0, 3));
    assertThrows(IllegalArgumentException.class, () -> part.slice(2, 1));
    assertThrows(IllegalArgumentException.class, () -> part.slice(-1, 1));
  }

  @Test
  void copies_ofASlice_haveItsBytesOnly() {
    var part = BlockChain.of(1, 2, 3).slice(1, 3);
    var bytes = HexFormat.of().parseHex("00000000000000020000000000000003");
    assertArrayEquals(bytes, part.toBytes());
    var target = new byte[18];
    part.copyTo(target, 1);
    assertArrayEquals(
        HexFormat.of().parseHex("00" + "0000000000000002" + "0000000000000003" + "00"), target);
    var one = new byte[9];
    part.copyHash(1, one, 1);
    assertArrayEquals(HexFormat.of().parseHex("000000000000000003"), one);
  }

  @Test
  void equals_ofOtherBytesOrWidth_isFalse() {
    var chain = BlockChain.of(1, 2);
    assertEquals(chain, BlockChain.of(0, 1, 2).slice(1, 3));
    assertEquals(chain.hashCode(), BlockChain.of(0, 1, 2).slice(1, 3).hashCode());
    assertNotEquals(chain, BlockChain.of(1, 3));
    assertNotEquals(chain, BlockChain.of(1));
    assertNotEquals(chain, BlockChain.ofPairs(1, 2), "the same bytes, but one hash of 16");
    assertNotEquals(BlockChain.empty(8), BlockChain.empty(16));
  }

  @Test
  void toString_ofALongChain_isCutAfterEight() {
    assertEquals(
        "BlockChain[2 x 8 bytes: 00000000000000010000000000000002]",
        BlockChain.of(1, 2).toString());
    var hex = "%016x".repeat(8).formatted(1, 2, 3, 4, 5, 6, 7, 8);
    assertEquals(
        "BlockChain[9 x 8 bytes: " + hex + "...]",
        BlockChain.of(1, 2, 3, 4, 5, 6, 7, 8, 9).toString());
  }

  @Test
  void concat_severalChains_isOneBehindTheOther() {
    assertEquals(
        BlockChain.of(1, 2, 3),
        BlockChain.concat(List.of(BlockChain.of(1), BlockChain.of(), BlockChain.of(2, 3))));
    assertThrows(
        IllegalArgumentException.class,
        () -> BlockChain.concat(List.of(BlockChain.of(1), BlockChain.ofPairs(1, 2))));
  }
}
