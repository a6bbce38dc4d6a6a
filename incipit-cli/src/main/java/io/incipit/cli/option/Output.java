// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import java.nio.file.Path;

/// A file that a command is to write.
///
/// @param option by which it was named, for refusals
public record Output(String option, Path path) {}
