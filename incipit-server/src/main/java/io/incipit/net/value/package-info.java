// SPDX-License-Identifier: Apache-2.0

/// Values over RESP, in the manner of Redis: how they come in, go out, and what is asked of them.
///
/// Large values go from the socket to the place where they are kept, and from there to the socket;
/// everything else about a request is as for any other.
@NullMarked
package io.incipit.net.value;

import org.jspecify.annotations.NullMarked;
