// SPDX-License-Identifier: Apache-2.0

/// Two published indexes on one-sided memory, written anew from a description of them: CHIME
/// (SOSP'24), a B-link tree whose leaves are hopscotch tables, and Sherman as CHIME's authors
/// evaluate it, which is the same tree with their five changes off.
@org.jspecify.annotations.NullMarked
package io.incipit.bench.chime;
