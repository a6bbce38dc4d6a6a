// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

/// Why a look-up of a block hits or misses, by what a store knows of it.
///
/// @param tiers in which it is, a set of [masks][io.incipit.block.Tier#mask]
/// @param agoNs how long ago it left, or was not taken; -1 if that is not known, or it is here
/// @param here parts that are here, of it or of a put that is under way
/// @param parts of the block; 0 if that is not known
/// @param hits how often it was read since it came, up to [BlockTable#USES_MAX]
/// @param detail of [Why#HEADLESS] the block that is missing, in hex; of [Why#CONTRACT] the
///     fingerprint under which it is here; else empty
public record Explanation(
    Why why, int tiers, long agoNs, int here, int parts, int hits, String detail) {
  /// What is so of a block. The words are those of `KVC.EXPLAIN`.
  public enum Why {
    /// It is here, and so are all before it.
    PRESENT,
    /// It is here, and one before it is not: nobody who reads a prompt gets that far.
    HEADLESS,
    /// Parts of it are here, of a put that is not committed.
    STAGED,
    /// Memory had no room for it, by the policy.
    EVICTED,
    /// Its file on disk was given up.
    RECLAIMED,
    /// Somebody removed it.
    REMOVED,
    /// Its namespace was dropped since.
    DROPPED,
    /// Its key had another value.
    REPLACED,
    /// Its bytes were not what their checksum says.
    CORRUPT,
    /// Some of its parts were gone, so the others were removed.
    HALVED,
    /// The policy would have given it up at once.
    DECLINED,
    /// It is here under another contract of the namespace.
    CONTRACT,
    /// Others hold it, and the store never had it, as far as it remembers.
    ELSEWHERE,
    /// The index knows it, and nobody holds it any more: who did has removed it, or is gone.
    UNHELD,
    /// Nothing is known of it.
    UNKNOWN
  }

  /// Nothing is known of a block.
  public static final Explanation NOTHING = new Explanation(Why.UNKNOWN, 0, -1, 0, 0, 0, "");
}
