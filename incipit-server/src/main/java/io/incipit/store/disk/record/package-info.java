// SPDX-License-Identifier: Apache-2.0

/// The bytes of the `DISK` tier: how records and footers of extent files are laid out. Values and
/// arithmetic only; `docs/formats.md` draws it.
@NullMarked
package io.incipit.store.disk.record;

import org.jspecify.annotations.NullMarked;
