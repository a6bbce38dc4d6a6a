// SPDX-License-Identifier: Apache-2.0

/// What is asked and said of blocks beside their bytes: why they are there or not, which are read
/// most, and which are to stay.
@NullMarked
package io.incipit.net.block;

import org.jspecify.annotations.NullMarked;
