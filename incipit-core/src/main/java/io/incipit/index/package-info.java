// SPDX-License-Identifier: Apache-2.0

/// The prefix index: which owner holds which blocks, as a path-compressed tree of runs, and the
/// projection that owners' streams feed. Memory only; no input or output.
package io.incipit.index;
