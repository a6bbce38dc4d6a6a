// SPDX-License-Identifier: Apache-2.0

/// What measurements leave behind: samples, ratios, goals, result files, tables.
@NullMarked
package io.incipit.bench.report;

import org.jspecify.annotations.NullMarked;
