// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import io.incipit.env.Disk;
import java.nio.file.Path;

/// A trace that is to be written.
///
/// @param path packed as its name ends: `.gz` by gzip, `.zst` by zstd, others not at all
/// @param blockTokens tokens that a full block covers, the same in every request
public record TraceTarget(Disk disk, Path path, int blockTokens) {}
