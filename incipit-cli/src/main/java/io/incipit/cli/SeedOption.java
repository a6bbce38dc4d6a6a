// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import picocli.CommandLine.Option;

/// The seed of a command that draws by chance. A mixin.
final class SeedOption {
  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "Seed of all that is drawn by chance (default: ${DEFAULT-VALUE}).")
  private long seed;

  long value() {
    return seed;
  }
}
