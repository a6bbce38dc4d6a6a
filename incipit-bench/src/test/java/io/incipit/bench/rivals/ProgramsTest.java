// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {
  @TempDir private Path folder;
  private final List<String> skipped = new ArrayList<>();

  private List<Rival> build(String cargo, String go) throws IOException, InterruptedException {
    for (var name : List.of("dynamo", "llm-d", "aibrix")) {
      assertThat(folder.resolve(name).toFile().mkdirs()).isTrue();
    }
    var tools = new Programs.Tools(cargo, go);
    return new Programs(folder, folder, tools, skipped::add).build();
  }

  @Test
  void build_withoutToolchains_saysWhatIsMissing() throws IOException, InterruptedException {
    assertThat(build("no-such-cargo", "no-such-go")).isEmpty();
    assertThat(skipped)
        .containsExactly(
            "dynamo: no-such-cargo is not on PATH (https://rustup.rs)",
            "llm-d: no-such-go is not on PATH (https://go.dev/dl)",
            "aibrix: no-such-go is not on PATH (https://go.dev/dl)");
  }

  @Test
  void build_thatFails_saysWhyInALine() throws IOException, InterruptedException {
    // `ls` knows no option -mod, and no file `build`.
    assertThat(build("ls", "ls")).isEmpty();
    assertThat(skipped).hasSize(3).allMatch(line -> line.contains(": ls build failed: "));
    assertThat(skipped.getFirst()).contains("log in " + folder.resolve("dynamo-build.log"));
  }
}
