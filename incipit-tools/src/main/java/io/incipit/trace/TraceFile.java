// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import io.incipit.env.Disk;
import java.nio.file.Path;

/// A trace on disk, plain or gzip, and how to read it.
///
/// @param skipBad whether bad input is counted and left out, instead of ending the reading
public record TraceFile(Disk disk, Path path, boolean skipBad) {}
