// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class RespBufferTest {
  private final RespBuffer out = new RespBuffer();

  private String written() {
    var text = new String(out.toBytes(), UTF_8);
    out.clear();
    return text;
  }

  @Test
  void integer_ofEveryLength_isItsDigits() {
    for (long power = 1; power > 0; power *= 10) {
      for (long value : new long[] {power - 1, power, -power}) {
        out.integer(value);
        assertEquals(":" + value + "\r\n", written());
      }
    }
    out.integer(Long.MAX_VALUE).integer(Long.MIN_VALUE);
    assertEquals(":9223372036854775807\r\n:-9223372036854775808\r\n", written());
  }

  @Test
  void forms_ofResp2And3_differWhereRedisDoes() {
    out.map(2).set(3).nothing().array(0);
    assertEquals("*4\r\n*3\r\n$-1\r\n*0\r\n", written());
    out.resp3(true);
    out.map(2).set(3).nothing().array(0);
    assertEquals("%2\r\n~3\r\n_\r\n*0\r\n", written());
  }

  @Test
  void bulk_ofBytesAndText_countsBytes() {
    out.bulk("é").bulk(new byte[] {'a', 'b', 'c'}, 1, 1).bulk("");
    assertEquals("$2\r\né\r\n$1\r\nb\r\n$0\r\n\r\n", written());
  }

  @Test
  void beginBulk_filledLater_isInItsPlace() {
    out.simple("OK");
    int at = out.beginBulk(8);
    out.integer(1);
    out.putInt(at, 'a' | 'b' << 8 | 'c' << 16 | 'd' << 24);
    out.putInt(at + 4, 'e' | 'f' << 8 | 'g' << 16 | 'h' << 24);
    assertEquals("+OK\r\n$8\r\nabcdefgh\r\n:1\r\n", written());
  }

  @Test
  void error_withLineEnds_isOneLine() {
    out.error("ERR a\r\nb\nc");
    assertEquals("-ERR a  b c\r\n", written());
  }

  @Test
  void truncate_toAMark_dropsWhatCameAfter() {
    out.simple("kept");
    int mark = out.size();
    out.bulk("x".repeat(10_000));
    out.truncate(mark);
    out.truncate(mark + 1_000);
    assertEquals("+kept\r\n", written());
  }

  @Test
  void shrink_ofALargeBuffer_emptiesIt() {
    out.simple("small");
    out.shrink(256);
    assertEquals(8, out.size());
    out.bulk("x".repeat(10_000));
    out.shrink(1_024);
    assertEquals(0, out.size());
    assertEquals(1_024, out.array().length);
    out.bulk("y".repeat(2_000));
    assertEquals("$2000\r\n" + "y".repeat(2_000) + "\r\n", written());
  }
}
