// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AuditFileTest {
  private static final Path FILE = Path.of("audit");
  private static final int LIMIT = (int) AuditConfig.FILE_BYTES_MIN;

  private final FaultyLogs disk = new FaultyLogs();
  private final AuditFile file = new AuditFile(disk, new AuditConfig(FILE, LIMIT, 3));

  private static Path older(int number) {
    return Path.of("audit." + number);
  }

  private void write(String text) throws IOException {
    file.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /// A line that fills a file, so that the next goes into another.
  private static String full(char letter) {
    return String.valueOf(letter).repeat(LIMIT - 1) + "\n";
  }

  @Test
  void lines_areAppended_andATornOneIsEnded() throws IOException {
    disk.put(FILE, "{\"whole\":1}\n{\"tor");
    file.open();
    write("{}\n");
    write("[]\n");
    assertThat(disk.text(FILE)).isEqualTo("{\"whole\":1}\n{\"tor\n{}\n[]\n");
  }

  @Test
  void aWholeFile_isNotTouchedByOpening() throws IOException {
    disk.put(FILE, "{}\n");
    file.open();
    assertThat(disk.text(FILE)).isEqualTo("{}\n");
  }

  @Test
  void rotation_keepsTheYoungest() throws IOException {
    for (char letter = 'a'; letter <= 'f'; letter++) {
      write(full(letter));
    }
    assertThat(disk.text(FILE)).isEqualTo(full('f'));
    assertThat(disk.text(older(1))).isEqualTo(full('e'));
    assertThat(disk.text(older(2))).isEqualTo(full('d'));
    assertThat(disk.text(older(3))).isEqualTo(full('c'));
    assertThat(disk.exists(older(4))).isFalse();
  }

  @Test
  void rotation_isBySize_ofWhatWasThereToo() throws IOException {
    disk.put(FILE, "x".repeat(LIMIT - 3) + "\n");
    write("1\n");
    assertThat(disk.exists(older(1))).isFalse();
    write("2\n");
    assertThat(disk.text(older(1))).hasSize(LIMIT).endsWith("\n1\n");
    assertThat(disk.text(FILE)).isEqualTo("2\n");
  }

  @Test
  void rotation_thatFailsAgainAndAgain_losesNothing() throws IOException {
    for (char letter = 'a'; letter <= 'd'; letter++) {
      write(full(letter));
    }
    disk.moves(false);
    assertThatIOException().isThrownBy(() -> write("next\n")).withMessageContaining("Read-only");
    for (int i = 0; i < 5; i++) {
      assertThatIOException().isThrownBy(file::goOn);
    }
    assertThat(disk.text(FILE)).isEqualTo(full('d'));
    assertThat(disk.text(older(1))).isEqualTo(full('c'));
    assertThat(disk.text(older(3))).isEqualTo(full('a'));
    disk.moves(true);
    file.goOn();
    assertThat(disk.text(FILE)).isEqualTo("next\n");
    assertThat(disk.text(older(1))).isEqualTo(full('d'));
  }

  @Test
  void rotation_thatWasLeftHalfway_fillsTheGapOnly() throws IOException {
    disk.put(older(2), "b\n");
    disk.put(older(3), "a\n");
    disk.put(FILE, full('c'));
    write("d\n");
    assertThat(disk.text(older(1))).isEqualTo(full('c'));
    assertThat(disk.text(older(2))).isEqualTo("b\n");
    assertThat(disk.text(older(3))).isEqualTo("a\n");
  }

  @Test
  void aDiskThatIsFullForAWhile_getsEveryLineOnce() throws IOException {
    disk.atOnce(3);
    disk.room(5);
    assertThatIOException().isThrownBy(() -> write("first\nsecond\nthird\n"));
    assertThat(disk.text(FILE)).isEqualTo("first");
    assertThatIOException().isThrownBy(file::goOn);
    disk.room(100);
    file.goOn();
    file.goOn();
    assertThat(disk.text(FILE)).isEqualTo("first\nsecond\nthird\n");
  }

  @Test
  void aFileThatChangedMeanwhile_getsTheLineAgain() throws IOException {
    disk.room(8);
    assertThatIOException().isThrownBy(() -> write("first\nsecond\n"));
    disk.room(100);
    disk.put(FILE, "first\nse and what somebody else wrote");
    file.goOn();
    assertThat(disk.text(FILE)).isEqualTo("first\nse and what somebody else wrote\nsecond\n");
  }

  @Test
  void aFileThatWasMovedAway_isMadeAgain() throws IOException {
    write("a\n");
    disk.move(FILE, Path.of("elsewhere"));
    write("b\n");
    assertThat(disk.text(Path.of("elsewhere"))).isEqualTo("a\n");
    assertThat(disk.text(FILE)).isEqualTo("b\n");
    disk.remove(FILE);
    write("c\n");
    assertThat(disk.text(FILE)).isEqualTo("c\n");
  }

  @Test
  void config_beyondItsBounds_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AuditConfig(FILE, LIMIT - 1, 1))
        .withMessage("audit.file-limit: 65535 (expected: at least 65536)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AuditConfig(FILE, LIMIT, 0))
        .withMessage("audit.files: 0 (expected: 1 to 1000)");
  }
}
