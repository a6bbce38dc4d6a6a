// SPDX-License-Identifier: Apache-2.0
/// What namespaces have of the store's memory, and whose values go when one has too much.
@NullMarked
package io.incipit.store.tenant;

import org.jspecify.annotations.NullMarked;
