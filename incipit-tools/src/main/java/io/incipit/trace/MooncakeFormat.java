// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.IOException;

/// The JSON lines that Mooncake publishes its traces in (FAST 2025): one request a line, with
/// `timestamp` in ms, `input_length` and `output_length` in tokens, and `hash_ids`, one for each
/// block of 512 tokens, the last of which may be partial. Members of other names are ignored.
public final class MooncakeFormat implements TraceFormat {
  /// Tokens a block.
  public static final int BLOCK_TOKENS = 512;

  /// Makes the format.
  public MooncakeFormat() {}

  @Override
  public TraceReader open(TraceFile file) throws IOException {
    return new MooncakeReader(file, LineSource.open(file));
  }
}
