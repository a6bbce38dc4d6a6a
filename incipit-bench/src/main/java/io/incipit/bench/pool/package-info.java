// SPDX-License-Identifier: Apache-2.0

/// Memory that clients reach by one-sided requests only, as over RDMA: what was asked of it is
/// counted, and a model of the network says how long that would take.
@org.jspecify.annotations.NullMarked
package io.incipit.bench.pool;
