// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import java.util.List;

/// How a person names an engine to follow: an address, and behind commas what else there is to say,
/// `tcp://10.0.0.5:5557,model=llama,replay=tcp://10.0.0.5:5558,block=16`; or the URL of its API,
/// `http://10.0.0.5:8000`, where it is asked for what is not said.
public sealed interface EngineSpec permits SourceConfig, EngineUrl {
  /// Reads one.
  ///
  /// @throws IllegalArgumentException `engine: value (expected: ...)`
  static EngineSpec parse(String text) {
    return SpecParser.parse(text);
  }

  /// The addresses that it says itself.
  List<String> addresses();
}
