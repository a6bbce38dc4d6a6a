// SPDX-License-Identifier: Apache-2.0

/// Certificates and private keys as people have them, in PEM files, and what is wrong with those.
@NullMarked
package io.incipit.tls;

import org.jspecify.annotations.NullMarked;
