// SPDX-License-Identifier: Apache-2.0

/// A hash table on one-sided memory, in the manner of RACE (ATC'21) and FUSEE (FAST'23): two
/// buckets for each key, both read at once, and a put that claims an empty slot by CAS. The plain
/// baseline beside indexes that keep order.
@org.jspecify.annotations.NullMarked
package io.incipit.bench.race;
