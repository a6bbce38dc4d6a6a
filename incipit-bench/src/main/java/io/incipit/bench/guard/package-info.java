// SPDX-License-Identifier: Apache-2.0
/// What it costs to let nobody in, and what those who are kept out can do to others.
@NullMarked
package io.incipit.bench.guard;

import org.jspecify.annotations.NullMarked;
