// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;

/// A real Redis for tests.
public final class TestRedis {
  private TestRedis() {}

  /// Starts one; skips the test, and says why, where there is none.
  public static ServerProcess start() throws IOException {
    try {
      return ServerProcess.redis();
    } catch (IOException absent) {
      assumeFalse(absent.getMessage().contains("not on PATH"), absent.getMessage());
      throw absent;
    }
  }
}
