// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// What becomes a line of the log.
///
/// @param wallMillis when it happened, or the last time of several
/// @param times how often
record Line(long wallMillis, AuditEvent event, long times) {
  /// Heap of a line beside its texts, about.
  private static final int BYTES = 200;

  private static final String HIDDEN = "(hidden)";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /// Letters beyond ASCII are escaped: some terminals take them for commands.
  private static final ObjectWriter JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build().writer();

  /// Heap that it takes, about.
  int bytes() {
    return BYTES + 2 * event.characters();
  }

  /// Appends the line, with its end.
  ///
  /// @param secrets words that are shown to nobody, though somebody may send them where a name
  ///     belongs
  void write(ByteArrayOutputStream out, Predicate<String> secrets) {
    try (var json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringProperty("time", TIME.format(Instant.ofEpochMilli(wallMillis)));
      json.writeStringProperty("event", AuditEvent.word(event.kind()));
      json.writeStringProperty("outcome", AuditEvent.word(event.outcome()));
      var origin = event.origin();
      said(json, "user", shown(origin.user(), secrets));
      said(json, "address", origin.host());
      if (origin.port() != 0) {
        json.writeNumberProperty("port", origin.port());
      }
      said(json, "listener", origin.listener());
      said(json, "action", event.action());
      said(json, "namespace", shown(event.namespace(), secrets));
      said(json, "reason", event.reason());
      if (times != 1) {
        json.writeNumberProperty("times", times);
      }
      json.writeEndObject();
    }
    out.write('\n');
  }

  private static String shown(String name, Predicate<String> secrets) {
    return !name.isEmpty() && secrets.test(name) ? HIDDEN : name;
  }

  private static void said(JsonGenerator json, String name, String text) {
    if (!text.isEmpty()) {
      json.writeStringProperty(name, text);
    }
  }
}
