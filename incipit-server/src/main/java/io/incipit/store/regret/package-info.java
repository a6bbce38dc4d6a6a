// SPDX-License-Identifier: Apache-2.0

/// What a store found in the last hour beside what leaf-LRU and the clairvoyant policy would have
/// found, from a sample of its blocks.
@NullMarked
package io.incipit.store.regret;

import org.jspecify.annotations.NullMarked;
