// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

/// What is asked of a [Route].
public final class RouteRequest {
  private static final byte[] NOTHING = new byte[0];

  private final String path;
  private final String query;
  private final String accept;
  private final byte[] body;
  private final Asker asker;

  private RouteRequest(String path, String query, String accept, byte[] body, Asker asker) {
    this.path = path;
    this.query = query;
    this.accept = accept;
    this.body = body;
    this.asker = asker;
  }

  /// A request without a body.
  ///
  /// @param path the path, decoded
  /// @param query what follows the question mark, as it came; may be empty
  /// @param accept what the client says that it takes (header `Accept`); may be empty
  public static RouteRequest of(String path, String query, String accept) {
    return new RouteRequest(path, query, accept, NOTHING, Asker.ANYBODY);
  }

  /// The same with a body, not copied.
  public RouteRequest with(byte[] itsBody) {
    return new RouteRequest(path, query, accept, itsBody, asker);
  }

  /// The same, asked by somebody.
  public RouteRequest by(Asker whom) {
    return new RouteRequest(path, query, accept, body, whom);
  }

  /// Who asks.
  public Asker asker() {
    return asker;
  }

  /// The path, decoded.
  public String path() {
    return path;
  }

  /// What follows the question mark, as it came; may be empty.
  public String query() {
    return query;
  }

  /// What the client says that it takes; may be empty.
  public String accept() {
    return accept;
  }

  /// The body, not copied; may be empty.
  public byte[] body() {
    return body;
  }
}
