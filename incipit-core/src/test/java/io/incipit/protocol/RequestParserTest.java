// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestParserTest {
  private static final String STREAM =
      "*2\r\n$4\r\nECHO\r\n$5\r\na\r\nb\n\r\nPING  hello\r\n*0\r\n\r\n*1\r\n$0\r\n\r\n";
  private static final List<List<String>> REQUESTS =
      List.of(
          List.of("ECHO", "a\r\nb\n"), List.of("PING", "hello"), List.of(), List.of(), List.of(""));

  private static List<List<String>> parse(byte[] bytes, int... ends) throws MalformedException {
    var parser = new RequestParser();
    var request = new Request();
    var found = new ArrayList<List<String>>();
    int at = 0;
    for (int end : ends) {
      int next;
      while ((next = parser.parse(bytes, at, end, request)) != RequestParser.INCOMPLETE) {
        var words = new ArrayList<String>();
        for (int i = 0; i < request.count(); i++) {
          words.add(request.text(i));
        }
        found.add(words);
        at = next;
      }
    }
    assertThat(at).isEqualTo(ends[ends.length - 1]);
    return found;
  }

  @Test
  void parse_streamSplitAtEveryByte_givesSameRequests() throws MalformedException {
    var bytes = STREAM.getBytes(UTF_8);
    for (int split = 0; split <= bytes.length; split++) {
      assertThat(parse(bytes, split, bytes.length)).as("split %d", split).isEqualTo(REQUESTS);
    }
  }

  @Test
  void parse_streamByteByByte_givesSameRequests() throws MalformedException {
    var bytes = STREAM.getBytes(UTF_8);
    var ends = new int[bytes.length];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = i + 1;
    }
    assertThat(parse(bytes, ends)).isEqualTo(REQUESTS);
  }

  @Test
  void parse_bytesMovedBetweenCalls_goesOn() throws MalformedException {
    var parser = new RequestParser();
    var request = new Request();
    var first = "xx*2\r\n$4\r\nECHO\r\n$3\r\nab".getBytes(UTF_8);
    assertThat(parser.parse(first, 2, first.length, request)).isEqualTo(RequestParser.INCOMPLETE);
    var moved = "*2\r\n$4\r\nECHO\r\n$3\r\nabc\r\n".getBytes(UTF_8);
    assertThat(parser.parse(moved, 0, moved.length, request)).isEqualTo(moved.length);
    assertThat(request.text(1)).isEqualTo("abc");
  }

  @Test
  void detach_bytesChangedAfterwards_keepsTheWords() throws MalformedException {
    var request = new Request();
    var bytes = "..PING hi\r\n".getBytes(UTF_8);
    assertThat(new RequestParser().parse(bytes, 2, bytes.length, request)).isEqualTo(bytes.length);
    request.detach();
    bytes[7] = 'X';
    assertThat(request.text(0)).isEqualTo("PING");
    assertThat(request.text(1)).isEqualTo("hi");
    assertThat(request.is(0, "PING")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*a|invalid multibulk length",
        "*\\r|invalid multibulk length",
        "*1\\rx|invalid multibulk length",
        "*65537\\r\\n|invalid multibulk length: more than 65536",
        "*2147483648\\r\\n|invalid multibulk length: more than 65536",
        "*99999999999999999999999999999999999999|invalid multibulk length",
        "*1\\r\\n:|expected '$', got ':'",
        "*1\\r\\n\\001|expected '$', got '\\x01'",
        "*1\\r\\n$x|invalid bulk length",
        "*1\\r\\n$-1\\r\\n|invalid bulk length",
        "*1\\r\\n$2147483647\\r\\n|invalid bulk length: more than 8388608",
        "*1\\r\\n$9223372036854775807\\r\\n|invalid bulk length: more than 8388608",
        "*1\\r\\n$1\\r\\nab\\r\\n|longer than its length says",
        "*1\\r\\n$8388596\\r\\n|frame of 8388612 bytes or more",
      })
  void parse_malformed_saysWhatAndExpected(String sent, String message) {
    var bytes = sent.replace("\\r", "\r").replace("\\n", "\n").replace("\\001", "\001");
    assertThatThrownBy(() -> parse(bytes.getBytes(UTF_8), bytes.length()))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(message);
  }

  @Test
  void parse_frameAtItsLimit_isTaken() throws MalformedException {
    var header = "*1\r\n$8388592\r\n";
    var bytes = new byte[Limits.FRAME_BYTES_MAX];
    System.arraycopy(header.getBytes(UTF_8), 0, bytes, 0, header.length());
    bytes[bytes.length - 2] = '\r';
    bytes[bytes.length - 1] = '\n';
    var request = new Request();
    assertThat(new RequestParser().parse(bytes, 0, bytes.length, request)).isEqualTo(bytes.length);
    assertThat(request.length(0)).isEqualTo(8_388_592);

    var over = "*1\r\n$8388593\r\n".getBytes(UTF_8);
    assertThatThrownBy(() -> new RequestParser().parse(over, 0, over.length, request))
        .hasMessageContaining("frame of 8388609 bytes");
  }

  @Test
  void parse_wordsAtTheirLimit_areTaken() throws MalformedException {
    var bytes = ("*65536\r\n" + "$1\r\na\r\n".repeat(65_536)).getBytes(UTF_8);
    var request = new Request();
    assertThat(new RequestParser().parse(bytes, 0, bytes.length, request)).isEqualTo(bytes.length);
    assertThat(request.count()).isEqualTo(65_536);
  }

  @Test
  void parse_lineBeyondItsLimit_isRefusedBeforeItsEnd() throws MalformedException {
    var request = new Request();
    var line = ("a".repeat(Limits.INLINE_BYTES_MAX - 2) + "\r\n").getBytes(UTF_8);
    assertThat(new RequestParser().parse(line, 0, line.length, request)).isEqualTo(line.length);
    var longer = "a".repeat(Limits.INLINE_BYTES_MAX).getBytes(UTF_8);
    assertThatThrownBy(() -> new RequestParser().parse(longer, 0, longer.length, request))
        .hasMessageContaining("too big inline request");
  }

  private static List<String> words(String line) throws MalformedException {
    var found = parse((line + "\r\n").getBytes(UTF_8), line.length() + 2);
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  @Test
  void parse_lineWithQuotes_isReadAsRedisDoes() throws MalformedException {
    assertThat(words("ECHO 'hello world'")).containsExactly("ECHO", "hello world");
    assertThat(words("STORE GPU '' \"\" a")).containsExactly("STORE", "GPU", "", "", "a");
    assertThat(words("a \"b\\n\\x41\\\"\\\\\\z\"")).containsExactly("a", "b\nA\"\\z");
    assertThat(words("a 'b\\'c\\n'")).containsExactly("a", "b'c\\n");
    assertThat(words("x\"y z\" w")).containsExactly("x" + "y z", "w");
    assertThat(words("\"\\xg1\\x4\"")).containsExactly("xg1x4");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {"a 'b", "a \"b", "a \"b\"c", "'a'b", "a \"b\\\"", "a 'b\\'"})
  void parse_lineWithAnOpenQuote_isMalformed(String line) {
    assertThatThrownBy(() -> words(line))
        .isInstanceOf(MalformedException.class)
        .hasMessage("Protocol error: unbalanced quotes in request");
  }

  @Test
  void copyFrame_ofAnyRequest_parsesToTheSameWords() throws MalformedException {
    for (var line : List.of("ECHO 'a b' \"c\\td\"\r\n", "PING x\r\n", "*1\r\n$1\r\nx\r\n")) {
      var bytes = line.getBytes(UTF_8);
      var request = new Request();
      assertThat(new RequestParser().parse(bytes, 0, bytes.length, request))
          .isEqualTo(bytes.length);
      var frame = request.copyFrame();
      assertThat(frame).hasSize(request.frameBytes());
      assertThat(parse(frame, frame.length)).isEqualTo(parse(bytes, bytes.length));
    }
  }
}
