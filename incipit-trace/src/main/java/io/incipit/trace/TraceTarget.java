// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import java.io.OutputStream;
import java.nio.file.Path;

/// A trace that is to be written.
///
/// @param out where to; closed by whoever writes the trace
/// @param path its name, by which it is packed: `.gz` by gzip, `.zst` by zstd, others not at all
/// @param blockTokens tokens that a full block covers, the same in every request
public record TraceTarget(OutputStream out, Path path, int blockTokens) {}
