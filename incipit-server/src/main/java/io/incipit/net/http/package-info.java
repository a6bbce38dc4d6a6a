// SPDX-License-Identifier: Apache-2.0

/// The HTTP port: probes, metrics and pages, for people and tools.
@NullMarked
package io.incipit.net.http;

import org.jspecify.annotations.NullMarked;
