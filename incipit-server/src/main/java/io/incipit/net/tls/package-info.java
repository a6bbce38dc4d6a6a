// SPDX-License-Identifier: Apache-2.0

/// TLS on the ports of the server: certificates and their renewal, handshakes, and what is
/// encrypted when.
@NullMarked
package io.incipit.net.tls;

import org.jspecify.annotations.NullMarked;
