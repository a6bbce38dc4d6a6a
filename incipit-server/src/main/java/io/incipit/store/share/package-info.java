// SPDX-License-Identifier: Apache-2.0
/// Memory that is a file, so that clients on the same machine may read it themselves.
@NullMarked
package io.incipit.store.share;

import org.jspecify.annotations.NullMarked;
