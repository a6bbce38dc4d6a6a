// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What look-ups take on the conversation trace, beside what a plain one-sided hash table takes.
final class RunPoolFiguresTest {
  private static final long DIRECTORY = 4 << 20;

  @ParameterizedTest
  @CsvSource({"1", "32"})
  void trace(int expansion) throws IOException {
    assumeThat(Chains.hasTrace()).isTrue();
    var chains = Chains.trace(expansion);
    for (int clients : new int[] {1, 16}) {
      for (long directory : new long[] {DIRECTORY, 0}) {
        for (boolean locations : new boolean[] {false, true}) {
          for (boolean preloaded : new boolean[] {false, true}) {
            if (preloaded && clients > 1 && directory > 0) {
              continue;
            }
            long start = System.nanoTime();
            var replay =
                new Replay(chains, new RunPoolConfig(locations, Writing.OWNER), clients, directory);
            if (preloaded) {
              replay.preload(0);
            }
            replay.run(!preloaded);
            System.out.print(
                replay.row(
                    "%d %d%s%s%s %dms"
                        .formatted(
                            512 / expansion,
                            clients,
                            directory > 0 ? " dir" : "",
                            locations ? " loc" : "",
                            preloaded ? " pre" : " cold",
                            (System.nanoTime() - start) / 1_000_000)));
            assertThat(replay.bytesPerBlock()).isPositive();
          }
        }
      }
    }
  }
}
