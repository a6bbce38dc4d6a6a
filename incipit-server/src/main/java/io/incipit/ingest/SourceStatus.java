// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import java.util.Map;

/// How it stands with an engine that is followed.
///
/// @param state `connecting`, `replaying`, `whole`, or `partial`: it may hold more than is known
/// @param next number of the message that is expected next; -1 if nothing has come
/// @param held blocks that it holds, as far as is known
/// @param waiting blocks that wait for a parent that has not come
/// @param bytes memory of both
/// @param lastMinute events of the last minute
/// @param drift copies in its GPU beyond its capacity; -1 if that is not known
/// @param silentMillis since the last message; -1 if none has come
/// @param counts what was counted, by name
/// @param lastError why something was refused last; empty if nothing was
/// @param warning what nobody refused and still cannot be meant; empty if there is nothing
public record SourceStatus(
    SourceConfig config,
    String state,
    long next,
    int held,
    int waiting,
    long bytes,
    long lastMinute,
    long drift,
    long silentMillis,
    Map<String, Long> counts,
    String lastError,
    String warning) {}
