// SPDX-License-Identifier: Apache-2.0

/// Owners and their streams: who is followed and how far, what waits for its parent, and the
/// projection that brings an index up to date and answers questions about it.
@NullMarked
package io.incipit.stream;

import org.jspecify.annotations.NullMarked;
