// SPDX-License-Identifier: Apache-2.0
package io.incipit.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.incipit.env.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Files of quotas: what they say, and what is said of those that say nothing good.
class QuotaFileTest {
  private static final QuotaFile.Room ROOM = new QuotaFile.Room(1L << 30, 1L << 32);
  private static final long ENDLESS = Limits.ENDLESS;

  @TempDir private Path directory;

  private static List<Limits> parse(String text) {
    return QuotaFile.parse("quotas", text, ROOM);
  }

  @Test
  void parse_allKeys_areTaken() {
    assertThat(
            parse(
                """
                # who gets what

                chat  blocks=10 index-floor=1MiB bytes=2GiB floor=1GiB publishes=3 lookups=4
                  *   lookups=9
                """))
        .containsExactly(
            new Limits("chat", 10, 1 << 20, 2L << 30, 1L << 30, 3, 4),
            new Limits("*", ENDLESS, 0, ENDLESS, 0, ENDLESS, 9));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chat | quotas:1: chat (expected: PATTERN KEY=VALUE..., such as team-a-* lookups=1000)",
        "a@b lookups=1 | quotas:1: a@b (expected: PATTERN KEY=VALUE..., such as team-a-*"
            + " lookups=1000)",
        "chat speed=9 | quotas:1: speed=9 (expected: KEY=VALUE of blocks, index-floor, bytes,"
            + " floor, publishes, lookups)",
        "chat lookups | quotas:1: lookups (expected: KEY=VALUE of blocks, index-floor, bytes,"
            + " floor, publishes, lookups)",
        "chat lookups=0 | quotas:1: lookups: 0 (expected: a number of at least 1)",
        "chat lookups=-1 | quotas:1: lookups: -1 (expected: a number of at least 1)",
        "chat bytes=5 | quotas:1: bytes: 5 (expected: a size such as 512MiB)",
        "chat bytes=0 | quotas:1: bytes: 0 (expected: a size such as 512MiB)",
        "chat lookups=1 lookups=2 | quotas:1: lookups: twice (expected: each key once)",
        "chat-* floor=1MiB | quotas:1: chat-*: a floor for many (expected: a name without a star,"
            + " so that all fit)",
        "chat bytes=1MiB floor=2MiB | quotas:1: floor: 2097152 (expected: at most the quota,"
            + " bytes=1048576)",
        "chat floor=4GiB | quotas:1: floor: 4294967296 bytes beside 0 of lines before (expected: at"
            + " most 3221225472, three quarters of store.host-limit)",
        "chat index-floor=1GiB | quotas:1: index-floor: 1073741824 bytes beside 0 of lines before"
            + " (expected: at most 805306368, three quarters of index.memory-limit)",
      })
  void parse_whatIsNotGood_isNamed(String text, String error) {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> parse(text))
        .withMessage(error);
  }

  @Test
  void parse_aPatternTwice_isNamedWithItsLine() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> parse("a lookups=1\n\na lookups=2\n"))
        .withMessage("quotas:3: a: twice (expected: each pattern once)");
  }

  @ParameterizedTest
  @CsvSource({"*,a", "*,team-*", "team-*,team-a-*", "team-*,team-", "a*c,abc", "a*c,a*b*c"})
  void parse_aLineThatNeverHolds_isNamed(String wide, String narrow) {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> parse(wide + " lookups=1\n" + narrow + " lookups=2\n"))
        .withMessage(
            "quotas:2: %s: never holds, since all its names fit %s (expected: before that)"
                .formatted(narrow, wide));
    assertThat(parse(narrow + " lookups=1\n" + wide + " lookups=2\n")).hasSize(2);
  }

  @Test
  void parse_floorsThatTogetherAreTooMuch_areNamed() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> parse("a floor=2GiB\nb floor=2GiB\n"))
        .withMessageStartingWith("quotas:2: floor: 2147483648 bytes beside 2147483648 of lines");
  }

  @Test
  void open_noFile_isNamed() {
    var file = directory.resolve("none");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> QuotaFile.open(file, ROOM, Clock.system()))
        .withMessage(file + ": no such file (expected: one that exists)");
  }

  @Test
  void open_aDirectory_isNamed() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> QuotaFile.open(directory, ROOM, Clock.system()))
        .withMessage(directory + ": Is a directory (expected: a file that can be read)");
  }

  @Test
  void open_aByteOrderMarkAndLinesOfWindows_areNoPartOfNames() throws IOException {
    var file =
        Files.writeString(directory.resolve("quotas"), "\uFEFFa lookups=1\r\nb lookups=2\r\n");
    var quotas = QuotaFile.open(file, ROOM, Clock.system()).quotas();
    assertThat(quotas.of("a").lookups()).isEqualTo(1);
    assertThat(quotas.of("b").lookups()).isEqualTo(2);
  }

  @Test
  void parse_aWordThatIsLong_isNotShownWhole() {
    for (var line : List.of("%s x=1", "%s", "a lookups=%s", "a %s", "a %s=1", "a bytes=%s")) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> parse(line.formatted("x".repeat(100_000))))
          .satisfies(fault -> assertThat(fault.getMessage()).hasSizeLessThan(250));
    }
  }

  @Test
  void reload_whenWhoeverIsToldFails_isTriedAgain() throws IOException {
    var file = Files.writeString(directory.resolve("quotas"), "* lookups=1\n");
    var quotas = QuotaFile.open(file, ROOM, Clock.system());
    var told = new int[1];
    quotas
        .quotas()
        .onChange(
            () -> {
              if (told[0]++ == 0) {
                throw new IllegalStateException("planted");
              }
            });
    Files.writeString(file, "* lookups=2\n");
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(quotas::reload);
    assertThat(quotas.reload()).isPresent();
    assertThat(told[0]).isEqualTo(2);
  }

  @Test
  void reload_takesWhatIsGood_andKeepsTheOldForWhatIsNot() throws IOException {
    var file = Files.writeString(directory.resolve("quotas"), "* lookups=1\n");
    var quotas = QuotaFile.open(file, ROOM, Clock.system());
    assertThat(quotas.quotas().of("a").lookups()).isEqualTo(1);
    Files.writeString(file, "* lookups=2\n");
    quotas.reload();
    assertThat(quotas.quotas().of("a").lookups()).isEqualTo(2);
    Files.writeString(file, "* lookups=x\n");
    quotas.reload();
    assertThat(quotas.quotas().of("a").lookups()).isEqualTo(2);
    Files.delete(file);
    quotas.reload();
    assertThat(quotas.quotas().of("a").lookups()).isEqualTo(2);
    Files.writeString(file, "* lookups=3\n");
    quotas.reload();
    assertThat(quotas.quotas().of("a").lookups()).isEqualTo(3);
  }
}
