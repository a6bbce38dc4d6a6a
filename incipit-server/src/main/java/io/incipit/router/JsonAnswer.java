// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.net.http.RouteRequest;
import io.incipit.net.http.RouteResponse;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// Makes responses of JSON: on one line with its end, or indented where the path says `?pretty`.
final class JsonAnswer {
  /// Bytes of an answer at most.
  static final int BYTES_MAX = 16 << 20;

  private static final int FIRST_BYTES = 8 << 10;
  private static final String TYPE = "application/json";
  private static final String PRETTY = "pretty";
  private static final ObjectWriter PLAIN = JsonMapper.shared().writer();
  private static final ObjectWriter INDENTED = PLAIN.withDefaultPrettyPrinter();

  private JsonAnswer() {}

  /// What `content` writes.
  static RouteResponse of(int status, RouteRequest request, Consumer<JsonGenerator> content) {
    var out = new ByteArrayOutputStream(FIRST_BYTES);
    boolean pretty = Arrays.asList(request.query().split("&", -1)).contains(PRETTY);
    try (var json = (pretty ? INDENTED : PLAIN).createGenerator(out)) {
      content.accept(json);
    }
    out.write('\n');
    return RouteResponse.of(status, TYPE, out.toByteArray());
  }

  /// Refuses to go on with an answer that becomes too long.
  static void requireShort(JsonGenerator json, long bytesSoFar) {
    if (bytesSoFar + json.streamWriteOutputBuffered() > BYTES_MAX) {
      throw new RefusalException(
          413,
          "answer: more than %d bytes (expected: fewer queries, or a limit)".formatted(BYTES_MAX));
    }
  }

  /// What a refusal says.
  static RouteResponse of(RouteRequest request, RefusalException refusal) {
    return of(refusal.status(), request, json -> writeError(json, refusal));
  }

  static void writeError(JsonGenerator json, RefusalException refusal) {
    json.writeStartObject();
    json.writeStringProperty("error", refusal.reason());
    json.writeEndObject();
  }
}
