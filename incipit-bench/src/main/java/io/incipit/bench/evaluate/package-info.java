// SPDX-License-Identifier: Apache-2.0

/// The paper's evaluation made runnable: a trace replayed against systems that keep a KV cache's
/// metadata, what each asked of its network, and what a model says that takes.
@org.jspecify.annotations.NullMarked
package io.incipit.bench.evaluate;
