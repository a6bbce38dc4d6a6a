// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

/// Numbers of a store; each is of some moment, counts since it was opened.
///
/// @param mode whether it takes what is put, and if not, why
/// @param recovering whether extents are still being scanned, and values of them not found yet
/// @param direct whether the system's cache is gone around
/// @param bytes of all extent files, the open one as large as it may become
/// @param extents how many
/// @param values that can be found
/// @param shadows records that are on disk and count for nothing
/// @param heapBytes of the index
/// @param queuedBytes of what waits to be written
/// @param torn records that a crash left unfinished, dropped
/// @param foreign records of another store or place, dropped
/// @param unknown records of another version, dropped
/// @param corrupt records that are not what was written
/// @param unreadable reads that failed
/// @param quarantined values that were found and will not be any more
/// @param reclaimed extents that were given up
/// @param givenUp values that went with them
/// @param reinserted values that were kept
/// @param refused puts, for whatever reason
/// @param failed writes and syncs
/// @param scrubbed bytes
/// @param syncs of files
/// @param readBytes in all
/// @param writtenBytes in all
/// @param readBytesPerSecond while reading, of late
/// @param writtenBytesPerSecond while writing and syncing, of late
public record DiskSnapshot(
    Mode mode,
    boolean recovering,
    boolean direct,
    long bytes,
    int extents,
    long values,
    long shadows,
    long heapBytes,
    long queuedBytes,
    long torn,
    long foreign,
    long unknown,
    long corrupt,
    long unreadable,
    long quarantined,
    long reclaimed,
    long givenUp,
    long reinserted,
    long refused,
    long failed,
    long scrubbed,
    long syncs,
    long readBytes,
    long writtenBytes,
    long readBytesPerSecond,
    long writtenBytesPerSecond) {
  /// Whether a store takes what is put.
  public enum Mode {
    WRITABLE,
    /// There is no room on the disk; ends when there is.
    DISK_FULL,
    /// A write failed. Ends with the process.
    WRITE_FAILED,
    /// A sync failed. Ends with the process.
    SYNC_FAILED
  }
}
