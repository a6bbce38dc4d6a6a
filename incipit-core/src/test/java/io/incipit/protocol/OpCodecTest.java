// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Cursor;
import io.incipit.block.ErrorCode;
import io.incipit.block.Hint;
import io.incipit.block.Holders;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Scores;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Operations and replies survive the wire, and bad ones are refused by name.
class OpCodecTest {
  private static final BlockChain CHAIN = BlockChain.ofPairs(1, 2, 3, 4);
  private static final BlockChain HASH = BlockChain.ofPairs(0, 0);
  private static final Cursor CURSOR = Cursor.of(new byte[] {1, '\r', '\n', 4});

  private static Op decode(byte[] frame, OpDecoder decoder)
      throws MalformedException, RefusedException {
    var request = new Request();
    assertThat(new RequestParser().parse(frame, 0, frame.length, request)).isEqualTo(frame.length);
    var command = Command.find(request.text(0)).orElseThrow();
    assertThat(command.accepts(request.count())).isTrue();
    return decoder.decode(command, request);
  }

  /// Width 16 in `wide`, 8 in `narrow`, no other namespace.
  private static OpDecoder decoder() {
    return new OpDecoder(name -> name.equals("wide") ? 16 : name.equals("narrow") ? 8 : 0);
  }

  private static Op decode(String line) throws MalformedException, RefusedException {
    return decode((line + "\r\n").getBytes(UTF_8), decoder());
  }

  static List<Op> ops() {
    List<Change> changes =
        List.of(
            new Change.Clear(Optional.empty()),
            new Change.Store(Tier.GPU, BlockChain.empty(16), CHAIN),
            new Change.Store(Tier.DISK, HASH, CHAIN, 1),
            new Change.Store(Tier.GPU, HASH, CHAIN, 2),
            new Change.Remove(Tier.REMOTE, CHAIN),
            new Change.Clear(Optional.of(Tier.HOST)),
            new Change.Synced());
    return List.of(
        new Op.Match("wide", CHAIN, Cursor.NONE, List.of(), Tier.ALL_MASK, 7),
        new Op.Match("wide", CHAIN, CURSOR, List.of("HEX", "b c"), 0b1010, 0),
        new Op.Match("wide", BlockChain.empty(16), Cursor.NONE, List.of(), 1, 1),
        new Op.Score("wide", CHAIN, Cursor.NONE, 5),
        new Op.Score("wide", CHAIN, CURSOR, Limits.RECORDS_MAX),
        new Op.Score("wide", CHAIN, CURSOR, List.of("HEX", "NAMES"), 0b11, 9, true),
        new Op.Score("wide", CHAIN, Cursor.NONE, List.of("o"), Tier.ALL_MASK, 9, false),
        new Op.Score("wide", CHAIN, CURSOR, List.of("ALL"), 0b11, 9, true, true),
        new Op.Score("wide", CHAIN, CURSOR, List.of(), Tier.ALL_MASK, 9, false, true),
        new Op.Run("wide", HASH, 9),
        new Op.Run("wide", HASH, 131_072, 9),
        new Op.Locate("wide", CHAIN),
        new Op.Foretell("wide", Hint.DONE, CHAIN),
        new Op.Foretell("wide", new Hint.Back(12_500_000_000L), CHAIN),
        new Op.Foretell("wide", new Hint.Back(Hint.Back.AFTER_NS_MAX), BlockChain.empty(16)),
        new Op.Publish("wide", "o", Long.MAX_VALUE, 1, changes),
        new Op.Publish("wide", "o", 1, 1, List.of()),
        new Op.CreateNamespace(Namespace.of("n", 512, 32)),
        new Op.CreateNamespace(new Namespace("n", 1, 8, "sha256", "m/70b", "l")),
        new Op.ListNamespaces("", Limits.RECORDS_MAX),
        new Op.ListNamespaces("a", 7),
        new Op.DescribeNamespace("n"),
        new Op.DropNamespace("n"),
        new Op.Owners("wide", Optional.empty(), 3, 4),
        new Op.Owners("wide", Optional.empty(), 0xfff0_0001, 4),
        new Op.Owners("wide", Optional.of("o"), 0, 1_000),
        new Op.Stats(Optional.empty()),
        new Op.Stats(Optional.of("wide")),
        new Op.Inspect("wide", HASH, 3),
        new Op.Inspect("wide", HASH, 256, 3));
  }

  @ParameterizedTest
  @MethodSource("ops")
  void encode_thenDecode_isTheSameOp(Op op) throws Exception {
    var out = new RespBuffer();
    OpEncoder.encode(op, out);
    assertThat(decode(out.toBytes(), decoder())).isEqualTo(op);
  }

  @Test
  void decode_hex_isTheSameAsBytes() throws Exception {
    var decoder = decoder();
    var line = "KVC.MATCH narrow 00000000000000010000000000000002 FROM 010d0a04 LIMIT 2 HEX\r\n";
    assertThat(decode(line.getBytes(UTF_8), decoder))
        .isEqualTo(
            new Op.Match("narrow", BlockChain.of(1, 2), CURSOR, List.of(), Tier.ALL_MASK, 2));
    assertThat(decoder.hex()).isTrue();
    line = "KVC.PUBLISH narrow o 1 2 STORE gpu 0000000000000001 000000000000000f SYNCED HEX\r\n";
    assertThat(decode(line.getBytes(UTF_8), decoder))
        .isEqualTo(
            new Op.Publish(
                "narrow",
                "o",
                1,
                2,
                List.of(
                    new Change.Store(Tier.GPU, BlockChain.of(1), BlockChain.of(15)),
                    new Change.Synced())));
    assertThat(decode("KVC.HINT narrow back 250 0000000000000001 hex"))
        .isEqualTo(new Op.Foretell("narrow", new Hint.Back(250_000_000), BlockChain.of(1)));
    assertThat(decode("KVC.RUN narrow 0000000000000001 4 hex"))
        .isEqualTo(new Op.Run("narrow", BlockChain.of(1), 4));
    assertThat(decode("KVC.INSPECT narrow 0000000000000001 HEX"))
        .isEqualTo(new Op.Inspect("narrow", BlockChain.of(1), 16));
    assertThat(decode("KVC.INSPECT narrow 0000000000000001 FROM 7 HEX"))
        .isEqualTo(new Op.Inspect("narrow", BlockChain.of(1), 7, 16));
    assertThat(decode("KVC.SCORE narrow 0000000000000001 NAMES LIMIT 1 HEX"))
        .isEqualTo(
            new Op.Score(
                "narrow", BlockChain.of(1), Cursor.NONE, List.of(), Tier.ALL_MASK, 1, true));
    assertThat(decode("KVC.MATCH narrow 12345678 OWNER HEX"))
        .isInstanceOfSatisfying(
            Op.Match.class, match -> assertThat(match.owners()).containsExactly("HEX"));
    assertThat(decode("KVC.PUBLISH narrow o 1 2 HEX", decoder))
        .isEqualTo(new Op.Publish("narrow", "o", 1, 2, List.of()));
    assertThat(decoder.hex()).isTrue();
    assertThat(decode("KVC.MATCH narrow 12345678", decoder)).isNotNull();
    assertThat(decoder.hex()).isFalse();
  }

  private static Op decode(String line, OpDecoder decoder) throws Exception {
    return decode((line + "\r\n").getBytes(UTF_8), decoder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "KVC.MATCH gone 12345678|NONAMESPACE gone (expected: one that exists)",
        "KVC.MATCH narrow 1234567|WIDTH hashes: 7 bytes (expected: a multiple of 8)",
        "KVC.MATCH wide 12345678|WIDTH hashes: 8 bytes (expected: a multiple of 16)",
        "KVC.MATCH narrow 123456781234567 HEX|WIDTH hashes: 15 hex digits (expected: a multiple of",
        "KVC.MATCH narrow 123456781234567x HEX|SYNTAX hashes: 123456781234567x (expected: hex",
        "KVC.MATCH narrow 12345678 BACK x|SYNTAX BACK (expected: FROM, OWNER, TIER, LIMIT or HEX)",
        "KVC.RUN narrow 1234567812345678123456781234567812 1 HEX|WIDTH hash: 34 hex digits",
        "KVC.RUN narrow 12345678123456781234567812345678 1 HEX|WIDTH hash: 32 hex digits",
        "KVC.SCORE narrow 12345678 x x|SYNTAX x (expected: FROM, OWNER, TIER, LIMIT, NAMES, ALL"
            + " or HEX)",
        "KVC.MATCH narrow 12345678 NAMES|SYNTAX NAMES: the last word (expected: HEX, or an option",
        "KVC.MATCH narrow 12345678 LIMIT 1048577|LIMIT LIMIT: 1048577 (expected: at most 1048576)",
        "KVC.SCORE narrow 12345678 LIMIT 99999999999999999999|LIMIT LIMIT: 99999999999999999999 (",
        "KVC.INSPECT narrow 12345678 131073|LIMIT count: 131073 (expected: at most 131072)",
        "KVC.INSPECT narrow 12345678 0|SYNTAX count: 0 (expected: a number, 1 to 131072)",
        "KVC.INSPECT narrow 12345678 3 FROM|SYNTAX FROM (expected: FROM n, HEX or nothing)",
        "KVC.HINT gone DONE 12345678|NONAMESPACE gone (expected: one that exists)",
        "KVC.HINT narrow LATER 12345678|SYNTAX LATER (expected: DONE or BACK)",
        "KVC.HINT narrow BACK 12345678|SYNTAX BACK: the last word but one (expected: milliseconds",
        "KVC.HINT narrow BACK soon 12345678|SYNTAX milliseconds: soon (expected: a number, 0 to",
        "KVC.HINT narrow BACK -1 12345678|SYNTAX milliseconds: -1 (expected: a number, 0 to 86400",
        "KVC.HINT narrow BACK 86400001 12345678|LIMIT milliseconds: 86400001 (expected: at most",
        "KVC.HINT narrow DONE 1234567|WIDTH hashes: 7 bytes (expected: a multiple of 8)",
        "KVC.HINT narrow DONE 12345678 x|SYNTAX x (expected: HEX or nothing)",
        "KVC.HINT narrow DONE 1234567x12345678 HEX|SYNTAX hashes: 1234567x12345678 (expected: hex",
        "KVC.OWNERS narrow LIMIT 1048577|LIMIT LIMIT: 1048577 (expected: at most 1048576)",
        "KVC.OWNERS narrow FROM 4294967296|SYNTAX FROM: 4294967296 (expected: a number, 0 to",
        "KVC.PUBLISH narrow o 1 1 STORE GPU 12345678 12345678 SKIP 2|SYNTAX SKIP: 2 (",
        "KVC.NAMESPACE LIST x|SYNTAX x (expected: FROM name or LIMIT n)",
        "KVC.NAMESPACE CREATE x BLOCKTOKENS 65537|LIMIT BLOCKTOKENS: 65537 (expected: at most",
        "KVC.NAMESPACE CREATE x BLOCKTOKENS 1 HASHBYTES 33|SYNTAX HASHBYTES: 33 (expected: 8",
        "KVC.MATCH narrow 12345678 FROM|SYNTAX FROM: the last word (expected: HEX, or an option",
        "KVC.MATCH narrow 12345678 TIER RAM|SYNTAX tier: RAM (expected: GPU, HOST, DISK or REMOTE)",
        "KVC.MATCH narrow 12345678 LIMIT -1|SYNTAX LIMIT: -1 (expected: a number, 0 to 1048576)",
        "KVC.RUN narrow 1234567812345678 1|WIDTH hash: 16 bytes (expected: one hash, 8)",
        "KVC.RUN narrow 12345678 131073|LIMIT count: 131073 (expected: at most 131072)",
        "KVC.RUN narrow 12345678 1 x|SYNTAX x (expected: FROM n, HEX or nothing)",
        "KVC.PUBLISH narrow o -1 1 SYNCED|SYNTAX incarnation: -1 (expected: a number, 0 to",
        "KVC.PUBLISH narrow o 1 0 SYNCED|SYNTAX seq: 0 (expected: a number, 1 to",
        "KVC.PUBLISH narrow o 1 1 STORED|SYNTAX change: STORED (expected: STORE, REMOVE, CLEAR or",
        "KVC.PUBLISH narrow o 1 1 STORE GPU|SYNTAX change 1: STORE with 2 words (expected: 4)",
        "KVC.PUBLISH narrow o 1 1 SYNCED CLEAR|SYNTAX change 2: CLEAR with 1 words (expected: 2)",
        "KVC.NAMESPACE MAKE x|SYNTAX MAKE with 3 words (expected: CREATE name",
        "KVC.NAMESPACE CREATE x|SYNTAX BLOCKTOKENS: missing (expected: BLOCKTOKENS n and HASHBYTES",
        "KVC.NAMESPACE CREATE x BLOCKTOKENS 1 HASHBYTES 9|SYNTAX HASHBYTES: 9 (expected: 8, 16 or",
        "KVC.NAMESPACE CREATE x BLOCKTOKENS 0|SYNTAX BLOCKTOKENS: 0 (expected: a number, 1 to",
        "KVC.NAMESPACE CREATE x COLOUR red|SYNTAX COLOUR (expected: BLOCKTOKENS, HASHBYTES, ALGO",
        "KVC.OWNERS narrow a b|SYNTAX b (expected: FROM number or LIMIT n)",
        "KVC.STATS narrow x|SYNTAX x (expected: nothing behind the name)",
      })
  void decode_bad_isRefusedByName(String line, String error) {
    assertThatThrownBy(() -> decode(line))
        .isInstanceOfSatisfying(
            RefusedException.class,
            refused -> assertThat(refused.code() + " " + refused.detail()).startsWith(error));
  }

  @Test
  void decode_namesAndChainsAtTheirLimits_areTaken() throws Exception {
    var name = "n".repeat(128);
    assertThat(decode("KVC.NAMESPACE DROP " + name)).isEqualTo(new Op.DropNamespace(name));
    assertRefused(ErrorCode.LIMIT, () -> decode("KVC.NAMESPACE DROP " + name + "n"));
    assertThat(((Op.Locate) decode(locate(131_072), decoder())).hashes().length())
        .isEqualTo(131_072);
    assertRefused(ErrorCode.LIMIT, () -> decode(locate(131_073), decoder()));
  }

  private static byte[] locate(int blocks) {
    var out = new RespBuffer().array(3).bulk("KVC.LOCATE").bulk("narrow");
    return out.bulk(new byte[8 * blocks]).toBytes();
  }

  @Test
  void decode_changesAtTheirLimit_areTaken() throws Exception {
    List<Change> changes =
        new ArrayList<>(Collections.nCopies(Limits.CHANGES_MAX, new Change.Synced()));
    assertThat(decode(publish(changes), decoder()))
        .isInstanceOfSatisfying(
            Op.Publish.class, publish -> assertThat(publish.changes()).hasSize(Limits.CHANGES_MAX));
    changes.add(new Change.Synced());
    assertRefused(ErrorCode.LIMIT, () -> decode(publish(changes), decoder()));
  }

  private static byte[] publish(List<Change> changes) {
    var out = new RespBuffer();
    OpEncoder.encode(new Op.Publish("narrow", "o", 1, 1, changes), out);
    return out.toBytes();
  }

  @Test
  void decode_cursorAtItsLimit_isTaken() throws Exception {
    var out = new RespBuffer();
    var cursor = Cursor.of(new byte[Cursor.BYTES_MAX]);
    OpEncoder.encode(new Op.Score("narrow", BlockChain.of(1), cursor, 1), out);
    assertThat(((Op.Score) decode(out.toBytes(), decoder())).from()).isEqualTo(cursor);
    assertRefused(
        ErrorCode.LIMIT, () -> decode("KVC.MATCH narrow 12345678 FROM " + "c".repeat(49)));
    assertRefused(
        ErrorCode.LIMIT, () -> decode("KVC.MATCH narrow 12345678 FROM " + "c".repeat(98) + " HEX"));
  }

  private interface Attempt {
    void run() throws Exception;
  }

  private static void assertRefused(ErrorCode code, Attempt attempt) {
    assertThatThrownBy(attempt::run)
        .isInstanceOfSatisfying(
            RefusedException.class, refused -> assertThat(refused.code()).isEqualTo(code));
  }

  /// An operation, its reply, and the reply's bytes with `|` for each line end.
  record Exchange(Op op, Reply reply, String bytes) {}

  static List<Exchange> exchanges() {
    var holders = Holders.of(new int[] {0, 2, 70_000, 3, 1, 2, 5, 0}, 2);
    var scores = Scores.of(new int[] {1, 2, 3, 4}, new int[] {9, 5, 6, 7, 8}, 1);
    var match = new Op.Match("wide", CHAIN, Cursor.NONE, List.of(), Tier.ALL_MASK, 7);
    var row = Map.of("name", Value.of("default"));
    return List.of(
        new Exchange(
            match,
            new Reply.Matched(2, 32, Reply.TRUNCATED, CURSOR, holders),
            "*5|:2|:32|:4|$4|\1\r\n\4|$32|\0\0\0\0\2\0\0\0p\21\1\0\3\0\0\0"
                + "\1\0\0\0\2\0\0\0\5\0\0\0\0\0\0\0|"),
        new Exchange(
            new Op.Score("wide", CHAIN, Cursor.NONE, 5),
            new Reply.Scored(2, 0, Cursor.NONE, scores),
            "*5|:2|:0|$0||$16|\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0|"
                + "$20|\t\0\0\0\5\0\0\0\6\0\0\0\7\0\0\0\10\0\0\0|"),
        new Exchange(
            new Op.Score("wide", CHAIN, Cursor.NONE, List.of(), Tier.ALL_MASK, 5, true),
            new Reply.Scored(2, 0, Cursor.NONE, scores, List.of("o")),
            "*6|:2|:0|$0||$16|\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0|"
                + "$20|\t\0\0\0\5\0\0\0\6\0\0\0\7\0\0\0\10\0\0\0|*2|:9|$1|o|"),
        new Exchange(
            new Op.Run("wide", HASH, 9),
            new Reply.Ran(BlockChain.ofPairs(0x62, 0x61), Reply.END, Holders.NONE),
            "*3|$16|\0\0\0\0\0\0\0b\0\0\0\0\0\0\0a|:16|$0||"),
        new Exchange(
            new Op.Locate("wide", CHAIN),
            new Reply.Located(List.of(Holders.of(new int[] {0, 1, 2, 1}, 1), Holders.NONE)),
            "*2|$8|\2\0\0\0\1\0\0\0|$0||"),
        new Exchange(new Op.Publish("wide", "o", 1, 1, List.of()), new Reply.Published(7), ":7|"),
        new Exchange(
            new Op.Publish("wide", "o", 1, 1, List.of()), new Reply.Published(7, 3), "*2|:7|:3|"),
        new Exchange(new Op.DropNamespace("n"), new Reply.Done(), "+OK|"),
        new Exchange(new Op.Foretell("wide", Hint.DONE, CHAIN), new Reply.Done(), "+OK|"),
        new Exchange(
            new Op.ListNamespaces("", Limits.RECORDS_MAX),
            new Reply.Names(List.of("a")),
            "*1|$1|a|"),
        new Exchange(new Op.DescribeNamespace("n"), new Reply.Row(row), "*2|$4|name|$7|default|"),
        new Exchange(
            new Op.Owners("wide", Optional.empty(), 3, 4),
            new Reply.Rows(List.of(row)),
            "*1|*2|$4|name|$7|default|"),
        new Exchange(match, new Reply.Refused(ErrorCode.GAP, "3 got 5"), "-GAP 3 got 5|"));
  }

  @ParameterizedTest
  @MethodSource("exchanges")
  void reply_splitAtEveryByte_isTheSame(Exchange exchange) throws Exception {
    var out = new RespBuffer();
    ReplyEncoder.encode(exchange.reply(), false, out);
    assertThat(new String(out.toBytes(), UTF_8)).isEqualTo(exchange.bytes().replace("|", "\r\n"));
    for (int split = 0; split < out.size(); split++) {
      var parser = new ReplyParser(1 << 20);
      var values = new ArrayList<RespValue>();
      int at = parser.parse(out.array(), 0, split, values::add);
      at = parser.parse(out.array(), at, out.size(), values::add);
      assertThat(at).isEqualTo(out.size());
      assertThat(values).hasSize(1);
      assertThat(ReplyDecoder.decode(exchange.op(), values.getFirst())).isEqualTo(exchange.reply());
    }
  }

  private static String text(Reply reply, boolean hex, boolean resp3) {
    var out = new RespBuffer();
    out.resp3(resp3);
    ReplyEncoder.encode(reply, hex, out);
    for (byte value : out.toBytes()) {
      assertThat(value).as("a byte of %s", reply).isNotNegative();
    }
    return new String(out.toBytes(), UTF_8).replace("\r\n", "|");
  }

  /// Owner 0xfffe0001 and counts above 0x7f, which break clients that read replies as text.
  @Test
  void encode_hex_hasNoByteThatIsNotText() {
    int owner = 0xfffe_0001;
    var holders = Holders.of(new int[] {0, 200, owner, 3}, 1);
    var scores = Scores.of(new int[] {128, 129, 130, 131}, new int[] {owner, 5, 6, 7, 200}, 1);
    var cursor = Cursor.of(new byte[] {(byte) 0xff, 1});
    var row = Map.of("name", Value.of("M\u00fcller\\"));

    assertThat(text(new Reply.Matched(200, 3_200, 0, cursor, holders), true, false))
        .isEqualTo("*5|:200|:3200|:0|$4|ff01|*1|*4|:0|:200|:4294836225|:3|");
    assertThat(text(new Reply.Scored(2, 0, cursor, scores, List.of("\u00e9")), true, false))
        .isEqualTo(
            "*6|:2|:0|$4|ff01|*4|:128|:129|:130|:131|*1|*5|:4294836225|:5|:6|:7|:200|"
                + "*2|:4294836225|$8|\\xc3\\xa9|");
    assertThat(text(new Reply.Ran(BlockChain.of(-1), 0, holders), true, false))
        .isEqualTo("*3|$16|ffffffffffffffff|:0|*1|*4|:0|:200|:4294836225|:3|");
    assertThat(text(new Reply.Located(List.of(holders, Holders.NONE)), true, false))
        .isEqualTo("*2|*1|*2|:4294836225|:3|*0|");
    assertThat(text(new Reply.Rows(List.of(row)), true, false))
        .isEqualTo("*1|*2|$4|name|$17|M\\xc3\\xbcller\\x5c|");
    assertThat(text(new Reply.Names(List.of("\u00e9")), true, false))
        .isEqualTo("*1|$8|\\xc3\\xa9|");
    assertThat(text(new Reply.Refused(ErrorCode.NONAMESPACE, "\u00e9\\"), false, false))
        .isEqualTo("-NONAMESPACE \\xc3\\xa9\\|");
  }

  @Test
  void encode_rowInResp3_isAMapWithNumbers() {
    var row = Map.of("blocks", Value.of(3));
    assertThat(text(new Reply.Row(row), false, true)).isEqualTo("%1|$6|blocks|:3|");
    assertThat(text(new Reply.Row(row), false, false)).isEqualTo("*2|$6|blocks|$1|3|");
  }

  @Test
  void encode_errorWithLineEnds_staysOneLine() {
    var out = new RespBuffer();
    ReplyEncoder.encode(new Reply.Refused(ErrorCode.BUSY, "a\r\nb"), false, out);
    assertThat(new String(out.toBytes(), UTF_8)).isEqualTo("-BUSY a  b\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "?x\\r\\n|starts with byte 63",
        ":x\\r\\n|number: 'x'",
        "$99999999\\r\\n|reply: 100000010 bytes or more (expected: at most 1048576)",
        "$9223372036854775807\\r\\n|reply: 2147483",
        "*2097153\\r\\n|array: 2097153 values",
        "%1048577\\r\\n|map: 1048577 pairs",
        "%9223372036854775807\\r\\n|map: 9223372036854775807 pairs",
        "*1\\r\\n*1\\r\\n*1\\r\\n*1\\r\\n*1\\r\\n*1\\r\\n*1\\r\\n*1\\r\\n*1\\r\\n|at depth 8",
      })
  void replyParser_garbage_isRefused(String sent, String message) {
    var bytes = sent.replace("\\r", "\r").replace("\\n", "\n").getBytes(UTF_8);
    assertThatThrownBy(() -> new ReplyParser(1 << 20).parse(bytes, 0, bytes.length, _ -> {}))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(message);
  }

  @Test
  void replyParser_valueOfManyParts_isBoundAsAWhole() throws MalformedException {
    var parts = ("*3\r\n" + "$300\r\n" + "a".repeat(300) + "\r\n").getBytes(UTF_8);
    var more = ("$700\r\n" + "b".repeat(700) + "\r\n").getBytes(UTF_8);
    var parser = new ReplyParser(1_000);
    assertThat(parser.parse(parts, 0, parts.length, _ -> {})).isEqualTo(parts.length);
    assertThatThrownBy(() -> parser.parse(more, 0, 6, _ -> {}))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("bytes or more (expected: at most 1000)");

    var next = new ReplyParser(1_000);
    var small = ":1\r\n".repeat(1_000).getBytes(UTF_8);
    assertThat(next.parse(small, 0, small.length, _ -> {})).isEqualTo(small.length);
  }

  @Test
  void replyDecoder_otherShape_isRefused() {
    for (var exchange : exchanges()) {
      if (exchange.reply() instanceof Reply.Done || exchange.reply() instanceof Reply.Refused) {
        continue;
      }
      assertThatThrownBy(() -> ReplyDecoder.decode(exchange.op(), new RespValue.Simple("PONG")))
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void table_namesAndArities_areSound() {
    for (var command : Command.all()) {
      assertThat(Command.find(command.wireName().toLowerCase(java.util.Locale.ROOT)))
          .contains(command);
      assertThat(command.accepts(0)).isFalse();
      assertThat(command.accepts(Math.abs(command.arity()))).isTrue();
      assertThat(command.accepts(Math.abs(command.arity()) - 1)).isFalse();
      assertThat(command.accepts(99)).isEqualTo(command.arity() < 0);
    }
    assertThat(Command.find("NOSUCH")).isEmpty();
  }
}
