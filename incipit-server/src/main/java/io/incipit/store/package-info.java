// SPDX-License-Identifier: Apache-2.0

/// The store: values by key, what is asked of them, and who may change them.
///
/// [io.incipit.store.Store] is all that others see: reads are for any thread and never wait,
/// changes are handed to it one by one. The bytes are in two tiers below: `store.memory` and
/// `store.disk`.
@NullMarked
package io.incipit.store;

import org.jspecify.annotations.NullMarked;
