// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.block.BlockChain;
import io.incipit.net.http.RouteRequest;
import io.incipit.net.http.RouteResponse;
import java.util.List;
import java.util.function.BiFunction;
import tools.jackson.core.JsonGenerator;

/// `POST /query` and `POST /query_by_hash`: one question, or many in `queries`.
final class Queries {
  private static final int QUERIES_MAX = 1_024;

  private final Spaces spaces;
  private final Matching matching;

  Queries(Spaces spaces, Matching matching) {
    this.spaces = spaces;
    this.matching = matching;
  }

  /// By the ids of a prompt's tokens.
  RouteResponse byTokens(RouteRequest request) {
    return answer(request, spaces::chain);
  }

  /// By the hashes of its blocks.
  RouteResponse byHash(RouteRequest request) {
    return answer(request, spaces::hashed);
  }

  private RouteResponse answer(RouteRequest request, BiFunction<Space, Body, BlockChain> names) {
    var body = BodyReader.read(request.body());
    if (!body.has("queries")) {
      return JsonAnswer.of(200, request, json -> write(json, request, body, names));
    }
    var queries = body.bodies("queries");
    if (queries.size() > QUERIES_MAX) {
      throw new RefusalException(
          413, "queries: %d (expected: at most %d)".formatted(queries.size(), QUERIES_MAX));
    }
    return JsonAnswer.of(200, request, json -> write(json, request, queries, names));
  }

  private void write(
      JsonGenerator json,
      RouteRequest request,
      List<Body> queries,
      BiFunction<Space, Body, BlockChain> names) {
    json.writeStartObject();
    json.writeName("results");
    json.writeStartArray();
    for (var query : queries) {
      try {
        write(json, request, query, names);
      } catch (RefusalException refusal) {
        JsonAnswer.writeError(json, refusal);
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void write(
      JsonGenerator json,
      RouteRequest request,
      Body body,
      BiFunction<Space, Body, BlockChain> names) {
    var dialect = Dialect.of(body);
    var space = spaces.require(body, request.asker());
    var wanted = Wanted.of(body, dialect, space.blockTokens());
    var fleet = matching.find(space, names.apply(space, body), wanted);
    Answers.write(json, dialect, Scope.of(body), space, fleet);
  }
}
