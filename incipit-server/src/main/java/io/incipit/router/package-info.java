// SPDX-License-Identifier: Apache-2.0

/// What routers ask over HTTP: which workers hold how much of a prompt, in the two dialects of
/// Mooncake's RFC 1403, Conductor's and Dynamo's.
@NullMarked
package io.incipit.router;

import org.jspecify.annotations.NullMarked;
