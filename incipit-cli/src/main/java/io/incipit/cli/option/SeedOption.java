// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import picocli.CommandLine.Option;

/// The seed of a command that draws by chance. A mixin.
public final class SeedOption {
  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "Seed of all that is drawn by chance (default: ${DEFAULT-VALUE}).")
  private long seed;

  public long value() {
    return seed;
  }
}
