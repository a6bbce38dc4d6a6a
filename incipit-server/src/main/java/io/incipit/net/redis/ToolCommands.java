// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.redis;

import io.incipit.protocol.Command;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import java.util.Locale;

/// What Redis' tools ask first of any server, answered as by a Redis without slow requests,
/// replicas and modules. For one event loop.
final class ToolCommands {
  private static final long MILLIS_PER_SECOND = 1_000;
  private static final String OK = "OK";

  private final ServerView server;

  ToolCommands(ServerView server) {
    this.server = server;
  }

  void run(Command command, Request request, RespBuffer out) {
    switch (command) {
      case TIME -> time(out);
      case ROLE -> out.array(3).bulk("master").integer(0).array(0);
      case LASTSAVE ->
          out.integer(server.clock().wallMillis() / MILLIS_PER_SECOND - server.uptimeSeconds());
      case SLOWLOG -> slowlog(command, request, out);
      case LATENCY -> latency(command, request, out);
      case MEMORY -> memory(command, request, out);
      case MODULE -> {
        if (request.is(1, "LIST") && request.count() == 2) {
          out.array(0);
        } else {
          unknown(command, request, out);
        }
      }
      default ->
          throw new IllegalArgumentException(
              "command: %s (expected: one of the tools)".formatted(command.wireName()));
    }
  }

  private static String subcommand(Request request) {
    return RedisErrors.shown(request, 1, 16).toUpperCase(Locale.ROOT);
  }

  private static void unknown(Command command, Request request, RespBuffer out) {
    out.error("ERR " + RedisErrors.unknownSubcommand(command.wireName(), request));
  }

  private static boolean takes(Command command, Request request, int min, int max, RespBuffer out) {
    return RedisErrors.takes(command.wireName(), request, min, max, out);
  }

  private void time(RespBuffer out) {
    long millis = server.clock().wallMillis();
    out.array(2).bulk(Long.toString(millis / MILLIS_PER_SECOND));
    out.bulk(Long.toString(millis % MILLIS_PER_SECOND * 1_000));
  }

  private static void slowlog(Command command, Request request, RespBuffer out) {
    switch (subcommand(request)) {
      case "GET" -> {
        if (takes(command, request, 2, 3, out)) {
          if (request.count() == 3 && ClientCommand.number(request, 2) < 0 && !isAll(request)) {
            out.error("ERR count should be greater than or equal to -1");
          } else {
            out.array(0);
          }
        }
      }
      case "LEN" -> {
        if (takes(command, request, 2, 2, out)) {
          out.integer(0);
        }
      }
      case "RESET" -> {
        if (takes(command, request, 2, 2, out)) {
          out.simple(OK);
        }
      }
      default -> unknown(command, request, out);
    }
  }

  private static boolean isAll(Request request) {
    return request.is(2, "-1");
  }

  private static void latency(Command command, Request request, RespBuffer out) {
    switch (subcommand(request)) {
      case "LATEST" -> {
        if (takes(command, request, 2, 2, out)) {
          out.array(0);
        }
      }
      case "HISTORY" -> {
        if (takes(command, request, 3, 3, out)) {
          out.array(0);
        }
      }
      case "GRAPH" -> {
        if (takes(command, request, 3, 3, out)) {
          out.error(
              "ERR No samples available for event '%s'"
                  .formatted(RedisErrors.shown(request, 2, 64)));
        }
      }
      case "RESET" -> out.integer(0);
      case "HISTOGRAM" -> out.map(0);
      case "DOCTOR" -> {
        if (takes(command, request, 2, 2, out)) {
          out.bulk(
              "Latency is not monitored here by event: how long each command takes is at /metrics"
                  + " of the HTTP port.\n");
        }
      }
      default -> unknown(command, request, out);
    }
  }

  private void memory(Command command, Request request, RespBuffer out) {
    switch (subcommand(request)) {
      case "USAGE" -> {
        if (takes(command, request, 3, 5, out)) {
          usage(request, out);
        }
      }
      case "STATS" -> {
        if (takes(command, request, 2, 2, out)) {
          memoryStats(out);
        }
      }
      case "DOCTOR" -> {
        if (takes(command, request, 2, 2, out)) {
          out.bulk(
              "Hi Sam, I can't find any memory issue in your instance. I can only account for what"
                  + " occurs on this base.\n");
        }
      }
      case "PURGE" -> out.simple(OK);
      case "MALLOC-STATS" -> out.bulk("Stats not supported for the current allocator");
      default -> unknown(command, request, out);
    }
  }

  /// Bytes of a value and of what is known of it.
  private void usage(Request request, RespBuffer out) {
    server
        .store()
        .find(request.copy(2))
        .ifPresentOrElse(found -> out.integer(found.memoryBytes()), out::nothing);
  }

  private void memoryStats(RespBuffer out) {
    long indexBytes = server.stat("index-bytes");
    long engineBytes = server.stat("engine-bytes");
    long buffered = server.bufferedBytes();
    out.map(8);
    out.bulk("total.allocated").integer(indexBytes + engineBytes + buffered);
    out.bulk("startup.allocated").integer(0);
    out.bulk("clients.normal").integer(buffered);
    out.bulk("overhead.total").integer(buffered);
    out.bulk("keys.count").integer(server.store().keys());
    out.bulk("dataset.bytes").integer(indexBytes + server.store().usedBytes());
    out.bulk("incipit.engine-bytes").integer(engineBytes);
    out.bulk("incipit.index-limit").integer(server.stat("index-limit-bytes"));
  }
}
