// SPDX-License-Identifier: Apache-2.0
/// Whose bytes are in memory: values counted by the cache salts of their keys and contracts.
@NullMarked
package io.incipit.store.salt;

import org.jspecify.annotations.NullMarked;
