// SPDX-License-Identifier: Apache-2.0

/// The run index of this project on one-sided memory: what it would be over RDMA or CXL. Runs are
/// regions that clients read, anchors lead to them, and a directory on the client's side makes most
/// look-ups one round trip.
@org.jspecify.annotations.NullMarked
package io.incipit.bench.runpool;
