// SPDX-License-Identifier: Apache-2.0

/// What several commands are asked, and what they read and write with.
@NullMarked
package io.incipit.cli.option;

import org.jspecify.annotations.NullMarked;
