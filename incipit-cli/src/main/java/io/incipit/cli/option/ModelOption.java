// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.trace.simulate.KvModel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// A model that is known by name. A mixin.
public final class ModelOption {
  private static final String LIST = "list";

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "Whose KV bytes are for; `--model list` shows those known (default for a plan:"
              + " llama-3-8b).")
  private @Nullable String model;

  /// The name that was given.
  Optional<String> name() {
    return Optional.ofNullable(model);
  }

  /// The model that was asked for.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public Optional<KvModel> model() {
    return name().map(text -> Blame.on("--model", () -> KvModel.parse(text)));
  }

  /// Whether only a list of the models is wanted.
  public boolean isList() {
    return LIST.equals(model);
  }
}
