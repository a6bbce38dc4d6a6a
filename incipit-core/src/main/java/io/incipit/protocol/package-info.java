// SPDX-License-Identifier: Apache-2.0

/// The wire: the table of commands, the limits, and the codecs between RESP bytes and operations
/// and replies. Bytes in arrays only; sockets are somebody else's.
@NullMarked
package io.incipit.protocol;

import org.jspecify.annotations.NullMarked;
