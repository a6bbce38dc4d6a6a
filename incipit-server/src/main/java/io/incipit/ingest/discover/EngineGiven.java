// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.discover;

import java.net.URI;
import java.util.Optional;
import java.util.OptionalInt;

/// What a person said of an engine, and so the engine is not asked for.
///
/// @param url of its API, without a path of its own at the end, such as `http://10.0.0.5:8000`
/// @param endpoint where events come from
/// @param replay where the engine repeats messages
/// @param model its name
/// @param blockTokens tokens of a block
/// @param rank the only one that is wanted
/// @param capacity blocks for which the GPU of a rank has room
public record EngineGiven(
    URI url,
    Optional<String> endpoint,
    Optional<String> replay,
    Optional<String> model,
    OptionalInt blockTokens,
    OptionalInt rank,
    OptionalInt capacity) {}
