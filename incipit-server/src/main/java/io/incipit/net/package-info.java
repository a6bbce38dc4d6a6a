// SPDX-License-Identifier: Apache-2.0

/// The network: RESP and HTTP on the same event loops. Bytes become operations, replies become
/// bytes.
@NullMarked
package io.incipit.net;

import org.jspecify.annotations.NullMarked;
