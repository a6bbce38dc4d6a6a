// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.util.OptionalInt;

/// What the system says of a file beside its bytes; links are followed.
///
/// @param bytes its size
/// @param modifiedNs when it was written last: nanoseconds since 1970-01-01 UTC, as exact as the
///     system keeps them
/// @param rights who may do what, as `chmod` has it, such as 0640; empty where there is no such
///     thing
public record FileFacts(long bytes, long modifiedNs, OptionalInt rights) {}
