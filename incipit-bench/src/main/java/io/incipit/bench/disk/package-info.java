// SPDX-License-Identifier: Apache-2.0

/// What the tier `DISK` makes of a disk, beside what fio says that the disk can do.
@NullMarked
package io.incipit.bench.disk;

import org.jspecify.annotations.NullMarked;
