// SPDX-License-Identifier: Apache-2.0

/// Sherman (SIGMOD'22): a B-link tree on one-sided memory, written anew from a description of its
/// layout and of its steps. Unsorted leaves with two levels of versions, locks in the adapter's
/// own memory behind a table of the compute node, and a cache of the pages above the leaves.
@org.jspecify.annotations.NullMarked
package io.incipit.bench.sherman;
