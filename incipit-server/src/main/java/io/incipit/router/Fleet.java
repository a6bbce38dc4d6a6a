// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.block.Tier;
import io.incipit.ingest.Engines;
import io.incipit.ingest.HeldPage;
import io.incipit.ingest.SourceConfig;
import io.incipit.ingest.SourceStatus;
import io.incipit.net.http.RouteRequest;
import io.incipit.net.http.RouteResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JsonGenerator;

/// `GET /workers`, `/global_view` and `/dump`: which workers are followed, how it stands with them,
/// and what they hold. Each is cut into pages.
final class Fleet {
  private static final int WORKERS = 1_000;
  private static final int WORKERS_MAX = 10_000;
  private static final int BLOCKS = 1_000;
  private static final int BLOCKS_MAX = 10_000;

  /// Of all workers, in an answer that has no pages.
  private static final int BLOCKS_AT_ONCE = 65_536;

  private static final int PATIENCE_SECONDS = 5;
  private static final String[] TIERS = {"device", "host_pinned", "disk", "external"};

  private final Engines engines;
  private final Registrations registrations;

  Fleet(Engines engines, Registrations registrations) {
    this.engines = engines;
    this.registrations = registrations;
  }

  /// A worker and the streams of its ranks.
  private record Worker(String namespace, String name, List<SourceStatus> streams) {
    Scope scope() {
      return Scope.of(namespace, streams.getFirst().config().model());
    }

    int blockTokens() {
      return streams.getFirst().config().blockTokens();
    }
  }

  /// The streams that are asked for, in order.
  private List<SourceStatus> streams(Parameters asked) {
    var model = asked.text("model_name").isEmpty() ? asked.text("model") : asked.text("model_name");
    var group =
        asked.text("routing_group").isEmpty()
            ? asked.text("tenant_id")
            : asked.text("routing_group");
    return engines.status().stream()
        .filter(
            status -> {
              var scope = Scope.of(status.config().namespace(), status.config().model());
              return (model.isEmpty() || model.equals(scope.model()))
                  && (group.isEmpty() || group.equals(scope.group()));
            })
        .toList();
  }

  /// The same without engines of which it is not known yet what they hold blocks of.
  private List<SourceStatus> streamsOfModels(Parameters asked) {
    return streams(asked).stream().filter(status -> !status.config().model().isEmpty()).toList();
  }

  private List<Worker> workers(Parameters asked, List<SourceStatus> streams) {
    Map<String, Worker> workers = new LinkedHashMap<>();
    for (var status : streams) {
      var config = status.config();
      workers
          .computeIfAbsent(
              config.namespace() + "\n" + config.worker(),
              _ -> new Worker(config.namespace(), config.worker(), new ArrayList<>()))
          .streams()
          .add(status);
    }
    int from = asked.number("from", 0, 0, Integer.MAX_VALUE);
    int limit = asked.number("limit", WORKERS, 1, WORKERS_MAX);
    return workers.values().stream().skip(from).limit(limit).toList();
  }

  RouteResponse workers(RouteRequest request) {
    var asked = new Parameters(request.query());
    var workers = workers(asked, streams(asked));
    return JsonAnswer.of(
        200,
        request,
        json -> {
          json.writeStartArray();
          workers.forEach(worker -> write(json, worker));
          json.writeEndArray();
        });
  }

  private void write(JsonGenerator json, Worker worker) {
    boolean pending = worker.streams().stream().anyMatch(Fleet::isPending);
    json.writeStartObject();
    json.writeName("instance_id");
    registrations.instance(worker.namespace(), worker.name()).write(json);
    json.writeStringProperty("source", "zmq");
    json.writeStringProperty("model_name", worker.scope().model());
    json.writeStringProperty("routing_group", worker.scope().group());
    json.writeNumberProperty("block_size", worker.blockTokens());
    json.writeStringProperty("status", pending ? "pending" : "active");
    json.writeName("endpoints");
    json.writeStartObject();
    for (var status : worker.streams()) {
      json.writeStringProperty(
          Integer.toString(status.config().rank()), status.config().endpoint());
    }
    json.writeEndObject();
    json.writeName("listeners");
    json.writeStartObject();
    for (var status : worker.streams()) {
      json.writeName(Integer.toString(status.config().rank()));
      write(json, status);
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static boolean isPending(SourceStatus status) {
    return status.state().equals("connecting");
  }

  private static void write(JsonGenerator json, SourceStatus status) {
    json.writeStartObject();
    json.writeStringProperty("endpoint", status.config().endpoint());
    json.writeStringProperty("status", isPending(status) ? "pending" : "active");
    json.writeStringProperty("state", status.state());
    status.config().replay().ifPresent(replay -> json.writeStringProperty("replay", replay));
    json.writeNumberProperty("next", status.next());
    json.writeNumberProperty("held", status.held());
    json.writeNumberProperty("waiting", status.waiting());
    json.writeNumberProperty("last_minute", status.lastMinute());
    json.writeNumberProperty("bytes", status.bytes());
    json.writeNumberProperty("capacity", status.config().capacity().orElse(-1));
    json.writeNumberProperty("drift", status.drift());
    json.writeNumberProperty("silent_ms", status.silentMillis());
    json.writeName("counts");
    json.writeStartObject();
    status.counts().forEach(json::writeNumberProperty);
    json.writeEndObject();
    if (!status.lastError().isEmpty()) {
      json.writeStringProperty("last_error", status.lastError());
    }
    if (!status.warning().isEmpty()) {
      json.writeStringProperty("warning", status.warning());
    }
    json.writeEndObject();
  }

  /// By tenant and model: what each worker holds, in blocks.
  RouteResponse globalView(RouteRequest request) {
    Map<Scope, List<Worker>> scopes = new LinkedHashMap<>();
    var asked = new Parameters(request.query());
    for (var worker : workers(asked, streamsOfModels(asked))) {
      scopes.computeIfAbsent(worker.scope(), _ -> new ArrayList<>()).add(worker);
    }
    return JsonAnswer.of(
        200,
        request,
        json -> {
          json.writeStartObject();
          scopes.forEach((scope, workers) -> write(json, scope, workers));
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, Scope scope, List<Worker> workers) {
    json.writeName(scope.model() + ":" + scope.group());
    json.writeStartObject();
    json.writeNumberProperty("block_size", workers.getFirst().blockTokens());
    json.writeName("instances");
    json.writeStartObject();
    for (var worker : workers) {
      json.writeName(worker.name());
      json.writeStartObject();
      json.writeNumberProperty(
          "blocks", worker.streams().stream().mapToLong(SourceStatus::held).sum());
      boolean whole = worker.streams().stream().allMatch(status -> status.state().equals("whole"));
      if (!whole) {
        json.writeBooleanProperty("partial", true);
      }
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  /// What one stream holds, or a part of it.
  private record Held(SourceStatus status, List<HeldPage.Block> blocks) {
    String scope() {
      var scope = Scope.of(status.config().namespace(), status.config().model());
      return scope.model() + ":" + scope.group();
    }
  }

  /// Blocks by the engines' names of them, as events that would tell them. All at once, as Dynamo's
  /// indexer reads them that starts anew; or if they are many or somebody asks for pages, one page
  /// of one worker's rank after the other.
  RouteResponse dump(RouteRequest request) {
    var asked = new Parameters(request.query());
    int limit = asked.number("limit", BLOCKS, 1, BLOCKS_MAX);
    var place = Place.of(asked.text("from"));
    var streams =
        streamsOfModels(asked).stream()
            .filter(status -> Place.key(status).compareTo(place.key()) >= 0)
            .toList();
    if (streams.isEmpty()) {
      return JsonAnswer.of(
          200,
          request,
          json -> {
            json.writeStartObject();
            json.writeEndObject();
          });
    }
    if (asked.text("limit").isEmpty() && asked.text("from").isEmpty()) {
      var all = all(streams);
      if (!all.isEmpty()) {
        return JsonAnswer.of(200, request, json -> write(json, all, ""));
      }
    }
    var status = streams.getFirst();
    int from = Place.key(status).equals(place.key()) ? place.slot() : 0;
    var page = page(status, from, limit);
    var next =
        page.next() != HeldPage.END
            ? new Place(Place.key(status), page.next()).text()
            : streams.size() > 1 ? new Place(Place.key(streams.get(1)), 0).text() : "";
    var held = List.of(new Held(status, page.parentsFirst()));
    return JsonAnswer.of(200, request, json -> write(json, held, next));
  }

  /// All that is held; nothing if it is too much for one answer.
  private List<Held> all(List<SourceStatus> streams) {
    var all = new ArrayList<Held>();
    int blocks = 0;
    for (var status : streams) {
      if (status.held() > BLOCKS_AT_ONCE - blocks) {
        return List.of();
      }
      var page = page(status, 0, BLOCKS_AT_ONCE - blocks);
      blocks += page.blocks().size();
      if (page.next() != HeldPage.END) {
        return List.of();
      }
      all.add(new Held(status, page.parentsFirst()));
    }
    return all;
  }

  private HeldPage page(SourceStatus status, int from, int limit) {
    try {
      return engines
          .held(status.config().namespace(), status.config().owner(), from, limit)
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new RefusalException(503, "the server stops");
    } catch (ExecutionException | TimeoutException late) {
      throw new RefusalException(503, "dump: the engines keep the server busy (expected: later)");
    }
  }

  private void write(JsonGenerator json, List<Held> all, String next) {
    Map<String, List<Held>> scopes = new LinkedHashMap<>();
    all.forEach(held -> scopes.computeIfAbsent(held.scope(), _ -> new ArrayList<>()).add(held));
    json.writeStartObject();
    scopes.forEach(
        (scope, its) -> {
          json.writeName(scope);
          json.writeStartObject();
          json.writeNumberProperty("block_size", its.getFirst().status().config().blockTokens());
          json.writeName("events");
          json.writeStartArray();
          its.forEach(held -> write(json, held));
          json.writeEndArray();
          json.writeEndObject();
        });
    if (!next.isEmpty()) {
      json.writeStringProperty("next", next);
    }
    json.writeEndObject();
  }

  private void write(JsonGenerator json, Held held) {
    var config = held.status().config();
    var instance = registrations.instance(config.namespace(), config.worker());
    int number = 0;
    for (var block : held.blocks()) {
      for (var tier : Tier.values()) {
        if ((block.tierMask() & tier.mask()) != 0) {
          json.writeStartObject();
          json.writeName("worker_id");
          instance.write(json);
          json.writeStringProperty("storage_tier", TIERS[tier.code()]);
          json.writeName("event");
          write(json, config, number++, block);
          json.writeEndObject();
        }
      }
    }
  }

  private static void write(
      JsonGenerator json, SourceConfig config, int number, HeldPage.Block block) {
    json.writeStartObject();
    json.writeNumberProperty("event_id", number);
    json.writeNumberProperty("dp_rank", config.rank());
    json.writeName("data");
    json.writeStartObject();
    json.writeName("stored");
    json.writeStartObject();
    json.writeName("parent_hash");
    if (block.parent() == 0) {
      json.writeNull();
    } else {
      json.writeNumber(Long.toUnsignedString(block.parent()));
    }
    json.writeName("blocks");
    json.writeStartArray();
    json.writeStartObject();
    json.writeName("block_hash");
    json.writeNumber(Long.toUnsignedString(block.hash()));
    if (!config.naming().isOwn()) {
      // That of a block with more than tokens in it is one that nobody asks for.
      json.writeName("tokens_hash");
      json.writeNumber(Long.toUnsignedString(block.local() == 0 ? block.hash() : block.local()));
    }
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndObject();
  }

  /// Where a page of a dump begins.
  ///
  /// @param key of the stream
  /// @param slot in it
  private record Place(String key, int slot) {
    static String key(SourceStatus status) {
      return status.config().namespace() + "\n" + status.config().owner();
    }

    static Place of(String text) {
      if (text.isEmpty()) {
        return new Place("", 0);
      }
      try {
        var said = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
        int at = said.lastIndexOf('\n');
        return new Place(said.substring(0, at), Integer.parseInt(said.substring(at + 1)));
      } catch (IllegalArgumentException | StringIndexOutOfBoundsException malformed) {
        throw new RefusalException(400, "from: " + text + " (expected: next of the page before)");
      }
    }

    String text() {
      var said = (key + "\n" + slot).getBytes(StandardCharsets.UTF_8);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(said);
    }
  }
}
