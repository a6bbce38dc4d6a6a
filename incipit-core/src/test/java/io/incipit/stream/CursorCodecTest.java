// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.Cursor;
import io.incipit.index.Place;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CursorCodecTest {
  private static final Place PLACE = new Place(5, 6, -7, 8);

  private final CursorCodec codec = new CursorCodec(0x1_0000_0002L, 3);
  private final Cursor cursor = codec.cursor(PLACE, 4);

  @Test
  void cursor_ofAPlace_isLaidOutAsDrawn() {
    assertEquals(
        "00000002"
            + "00000003"
            + "00000004"
            + "00000005"
            + "00000006"
            + "fffffffffffffff9"
            + "0000000000000008",
        HexFormat.of().formatHex(cursor.toBytes()));
    assertEquals(Optional.of(PLACE), codec.place(cursor, 4));
    assertEquals(6, CursorCodec.depth(cursor));
  }

  @Test
  void cursor_ofTheRoot_isNone() {
    assertEquals(Cursor.NONE, codec.cursor(Place.ROOT, 4));
    assertEquals(Optional.of(Place.ROOT), codec.place(Cursor.NONE, 9));
    assertEquals(0, CursorCodec.depth(Cursor.NONE));
  }

  @Test
  void place_ofAnotherServerNamespaceOrEpoch_isNoneOfOurs() {
    assertTrue(new CursorCodec(0x1_0000_0001L, 3).place(cursor, 4).isEmpty());
    assertTrue(new CursorCodec(2, 4).place(cursor, 4).isEmpty());
    assertTrue(codec.place(cursor, 5).isEmpty());
    assertEquals(Optional.of(PLACE), new CursorCodec(2, 3).place(cursor, 4));
  }

  @Test
  void place_ofAnyOtherBytes_isNoneOfOurs() {
    var bytes = cursor.toBytes();
    assertTrue(codec.place(Cursor.of(Arrays.copyOf(bytes, bytes.length - 1)), 4).isEmpty());
    assertTrue(codec.place(Cursor.of(Arrays.copyOf(bytes, bytes.length + 1)), 4).isEmpty());
    bytes[16] = (byte) 0x80;
    assertTrue(codec.place(Cursor.of(bytes), 4).isEmpty(), "a depth below zero");
    Arrays.fill(bytes, 16, 20, (byte) 0);
    assertTrue(codec.place(Cursor.of(bytes), 4).isEmpty(), "the root has no bytes");
  }
}
