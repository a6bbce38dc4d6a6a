// SPDX-License-Identifier: Apache-2.0

/// The Java client: connections, failover and the near cache.
@NullMarked
package io.incipit.client;

import org.jspecify.annotations.NullMarked;
