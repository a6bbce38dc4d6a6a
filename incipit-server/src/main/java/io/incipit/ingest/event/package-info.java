// SPDX-License-Identifier: Apache-2.0

/// What engines announce about their caches, decoded from MessagePack: every shape in use, told
/// apart event by event, and nothing that a sender can make grow without bound.
@NullMarked
package io.incipit.ingest.event;

import org.jspecify.annotations.NullMarked;
