// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.block.Namespace;
import io.incipit.ingest.Engines;
import io.incipit.net.http.RouteRequest;
import io.incipit.net.http.RouteResponse;

/// `POST /route`: a router says where it sent a request, so that the next answers know before the
/// engine says so, or though it never does.
final class Routings {
  /// How long a worker that is followed has to say that it holds the blocks.
  private static final double FOLLOWED_SECONDS = 10;

  /// How long a worker that says nothing is taken to keep them.
  private static final double SECONDS = 120;

  private static final double SECONDS_MAX = 86_400;
  private static final double NANOS = 1e9;
  private static final int RANK_MAX = 65_535;

  private final Engines engines;
  private final Spaces spaces;
  private final RoutedRequests routed;

  Routings(Engines engines, Spaces spaces, RoutedRequests routed) {
    this.engines = engines;
    this.spaces = spaces;
    this.routed = routed;
  }

  RouteResponse route(RouteRequest request) {
    var body = BodyReader.read(request.body());
    var instance =
        body.instance("instance_id")
            .orElseThrow(
                () ->
                    new RefusalException(
                        400, "instance_id: absent (expected: a text or a whole number)"));
    var scope = spaces.permitted(body, request.asker());
    declare(scope, body);
    var space = spaces.require(body, request.asker());
    boolean followed = !engines.owners(space.name(), instance.text()).isEmpty();
    double seconds =
        body.seconds("ttl_seconds", SECONDS_MAX).orElse(followed ? FOLLOWED_SECONDS : SECONDS);
    var chain = body.has("token_ids") ? spaces.chain(space, body) : spaces.hashed(space, body);
    var owner = new OwnerName(instance.text(), body.number("dp_rank", 0, RANK_MAX).orElse(0), true);
    routed.add(space, chain, owner, (long) (seconds * NANOS));
    return JsonAnswer.of(
        200,
        request,
        json -> {
          json.writeStartObject();
          json.writeStringProperty("status", "ok");
          json.writeName("instance_id");
          instance.write(json);
          json.writeNumberProperty("blocks", chain.length());
          json.writeNumberProperty("ttl_seconds", seconds);
          json.writeEndObject();
        });
  }

  /// The first that is heard of a model makes its namespace, if it says how large blocks are.
  private void declare(Scope scope, Body body) {
    var blockTokens = body.number("block_size", 1, Namespace.BLOCK_TOKENS_MAX);
    if (blockTokens.isPresent() && spaces.find(scope).isEmpty()) {
      try {
        engines.declare(scope.namespace(), scope.model(), blockTokens.getAsInt());
      } catch (IllegalArgumentException contradiction) {
        throw new RefusalException(409, String.valueOf(contradiction.getMessage()));
      }
    }
  }
}
