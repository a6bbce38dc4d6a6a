// SPDX-License-Identifier: Apache-2.0

/// JMH benchmarks of single operations.
@NullMarked
package io.incipit.bench.micro;

import org.jspecify.annotations.NullMarked;
