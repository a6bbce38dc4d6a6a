// SPDX-License-Identifier: Apache-2.0
/// Values that are parts of blocks: their names, the contracts that they were made under, puts of
/// many parts, and what the store as an owner tells the index.
@NullMarked
package io.incipit.store.block;

import org.jspecify.annotations.NullMarked;
