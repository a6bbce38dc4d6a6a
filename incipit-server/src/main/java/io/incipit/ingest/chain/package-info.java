// SPDX-License-Identifier: Apache-2.0

/// How blocks are named: our own chain, and those of engines for namespaces that share their names.
@NullMarked
package io.incipit.ingest.chain;

import org.jspecify.annotations.NullMarked;
