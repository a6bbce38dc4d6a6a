// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.block.Namespace;
import io.incipit.ingest.Engines;
import io.incipit.ingest.SourceConfig;
import io.incipit.ingest.chain.Naming;
import io.incipit.net.http.RouteRequest;
import io.incipit.net.http.RouteResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JsonGenerator;

/// `POST /register` and `POST /unregister`. Thread-safe.
final class Registrations {
  /// Streams that are followed at a time.
  private static final int SOURCES_MAX = 4_096;

  private static final int RANK_MAX = 65_535;

  private final Engines engines;
  private final Endpoints endpoints;

  /// Workers whose names their routers write as numbers, behind their namespaces.
  private final Map<String, InstanceId> numbers = new ConcurrentHashMap<>();

  Registrations(Engines engines, Endpoints endpoints) {
    this.engines = engines;
    this.endpoints = endpoints;
  }

  /// A worker's name as its router gave it.
  InstanceId instance(String namespace, String worker) {
    return numbers.getOrDefault(key(namespace, worker), new InstanceId(worker, false));
  }

  private static String key(String namespace, String worker) {
    return namespace + "\n" + worker;
  }

  RouteResponse register(RouteRequest request) {
    var body = BodyReader.read(request.body());
    var dialect = Dialect.of(body);
    var scope = Scope.of(body);
    var instance = instance(body);
    var config = config(body, scope, instance);
    if (engines.count() >= SOURCES_MAX
        && !engines.owners(config.namespace(), config.worker()).contains(config.owner())) {
      throw new RefusalException(
          503, "workers: %d (expected: at most %d)".formatted(SOURCES_MAX + 1, SOURCES_MAX));
    }
    try {
      engines.register(config);
    } catch (IllegalArgumentException contradiction) {
      var reason = String.valueOf(contradiction.getMessage());
      throw new RefusalException(reason.startsWith("endpoint:") ? 400 : 409, reason);
    }
    if (instance.isNumber()) {
      numbers.put(key(scope.namespace(), instance.text()), instance);
    }
    var answer =
        dialect == Dialect.DYNAMO
            ? JsonAnswer.of(201, request, json -> write(json, "ok", instance))
            : JsonAnswer.of(200, request, json -> write(json, "registered successfully", instance));
    return answer.about(scope.namespace());
  }

  private static InstanceId instance(Body body) {
    return body.instance("instance_id")
        .orElseThrow(
            () ->
                new RefusalException(
                    400, "instance_id: absent (expected: a text or a whole number)"));
  }

  private SourceConfig config(Body body, Scope scope, InstanceId instance) {
    var endpoint = body.required("endpoint");
    endpoints.require("endpoint", endpoint);
    var replay = body.text("replay_endpoint").filter(text -> !text.isEmpty());
    replay.ifPresent(its -> endpoints.require("replay_endpoint", its));
    requireNoSalt(body);
    int blockTokens =
        body.number("block_size", 1, Namespace.BLOCK_TOKENS_MAX)
            .orElseThrow(
                () ->
                    new RefusalException(
                        400, "block_size: absent (expected: tokens of a block of the engine)"));
    var config =
        new SourceConfig(
            instance.text(),
            body.number("dp_rank", 0, RANK_MAX).orElse(0),
            endpoint,
            false,
            replay,
            scope.namespace(),
            scope.model(),
            blockTokens,
            body.flag("counts_copies", true),
            naming(body),
            body.number("capacity", 1, Integer.MAX_VALUE));
    try {
      Namespace.requireName("model", config.namespace());
      Namespace.requireName("instance_id", config.owner());
    } catch (IllegalArgumentException tooLong) {
      throw new RefusalException(400, String.valueOf(tooLong.getMessage()));
    }
    return config;
  }

  private static Naming naming(Body body) {
    try {
      return Naming.of(
          body.text("hash"),
          body.text("seed"),
          body.number("lookahead", 0, Namespace.BLOCK_TOKENS_MAX));
    } catch (IllegalArgumentException unknown) {
      throw new RefusalException(400, String.valueOf(unknown.getMessage()));
    }
  }

  /// Prompts have their salts in events and in questions; a second one for all of a worker's would
  /// have to be in each question, too.
  private static void requireNoSalt(Body body) {
    if (!body.text("additionalsalt", "additional_salt").isEmpty()) {
      throw new RefusalException(
          400,
          "additional_salt: given (expected: none; workers that share no blocks have another"
              + " routing_group or tenant_id)");
    }
  }

  private static void write(JsonGenerator json, String status, InstanceId instance) {
    json.writeStartObject();
    json.writeStringProperty("status", status);
    json.writeName("instance_id");
    instance.write(json);
    json.writeEndObject();
  }

  RouteResponse unregister(RouteRequest request) {
    var body = BodyReader.read(request.body());
    var dialect = Dialect.of(body);
    var scope = Scope.of(body);
    var instance = instance(body);
    var rank = body.number("dp_rank", 0, RANK_MAX);
    var gone = engines.unregister(scope.namespace(), instance.text(), rank);
    if (engines.owners(scope.namespace(), instance.text()).isEmpty()) {
      numbers.remove(key(scope.namespace(), instance.text()));
    }
    var status = dialect == Dialect.DYNAMO ? "ok" : "unregistered successfully";
    return JsonAnswer.of(200, request, json -> write(json, status, removed(scope, gone)))
        .about(scope.namespace());
  }

  private static List<String> removed(Scope scope, List<String> owners) {
    return owners.stream()
        .map(OwnerName::parse)
        .map(owner -> "%s|%s|%d".formatted(owner.worker(), scope.group(), owner.rank()))
        .toList();
  }

  private static void write(JsonGenerator json, String status, List<String> removed) {
    json.writeStartObject();
    json.writeStringProperty("status", status);
    json.writeName("removed_instances");
    json.writeStartArray();
    removed.forEach(json::writeString);
    json.writeEndArray();
    json.writeEndObject();
  }
}
