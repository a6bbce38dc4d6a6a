// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

/// What is asked of a [Route].
///
/// @param path the path, decoded
/// @param query what follows the question mark, as it came; may be empty
/// @param accept what the client says that it takes (header `Accept`); may be empty
public record RouteRequest(String path, String query, String accept) {}
