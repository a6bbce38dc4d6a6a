// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.block.Stat;
import io.incipit.env.Build;
import io.incipit.service.Service;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What the front page says of a moment of the server, as HTML.
final class FrontFacts {
  /// Namespaces with a row of their own, those with the most blocks.
  static final int ROWS_MAX = 20;

  private static final double KIBI = 1_024;
  private static final String UNITS = "KMGT";

  private final ServerContext server;
  private final Pulse.Rates rates;
  private final String engines;
  private final int namespaces;
  private final List<Row> rows;

  /// @param service whose namespaces are shown; of very many, the first by name
  FrontFacts(ServerContext server, Service service, Pulse.Rates rates) {
    this.server = server;
    this.rates = rates;
    this.engines = SourceTable.html(service);
    this.namespaces = service.namespaces();
    this.rows =
        service.names().stream()
            .limit(ServiceMetrics.NAMESPACES_SHOWN)
            .map(name -> Row.of(name, service.stats(name)))
            .sorted(Comparator.comparingLong(Row::blocks).reversed())
            .toList();
  }

  /// The facts, by the words that stand for them on the page.
  Map<String, String> all() {
    var facts = new HashMap<String, String>();
    facts.put("version", escaped(Build.ours().toString()));
    facts.put("java", escaped(Runtime.version().toString()));
    facts.put("port", Integer.toString(server.respPort()));
    facts.put("uptime", uptime(server.uptimeSeconds()));
    facts.put("clients", count(server.clients().size()));
    facts.put("refusals", count(server.refusals().values().stream().mapToLong(n -> n).sum()));
    putRates(facts);
    putMemory(facts);
    putNamespaces(facts);
    facts.put("engines", engines);
    return facts;
  }

  private void putRates(Map<String, String> facts) {
    facts.put("rate-seconds", "%.0f s".formatted(rates.seconds()));
    facts.put("requests-rate", rate(rates.requests()));
    facts.put("matches-rate", rate(rates.matches()));
    facts.put("publishes-rate", rate(rates.publishes()));
    facts.put("received-rate", bytes(rates.receivedBytes()));
    facts.put("sent-rate", bytes(rates.sentBytes()));
  }

  private void putMemory(Map<String, String> facts) {
    var runtime = Runtime.getRuntime();
    long index = server.stat("index-bytes");
    long engines = server.stat("engine-bytes");
    long limit = server.stat("index-limit-bytes");
    long percent = limit == 0 ? 0 : Math.min(100, (index + engines) * 100 / limit);
    facts.put("index-bytes", bytes((double) index));
    facts.put("index-limit", bytes((double) limit));
    facts.put("engine-bytes", bytes((double) engines));
    facts.put("index-percent", Long.toString(percent));
    facts.put("buffered-bytes", bytes((double) server.bufferedBytes()));
    facts.put("heap-used", bytes((double) (runtime.totalMemory() - runtime.freeMemory())));
    facts.put("heap-max", bytes((double) runtime.maxMemory()));
  }

  private void putNamespaces(Map<String, String> facts) {
    facts.put("namespaces", count(namespaces));
    facts.put("blocks", count(server.stat("blocks")));
    facts.put("owners", count(rows.stream().mapToLong(Row::owners).sum()));
    facts.put("partial", count(rows.stream().mapToLong(Row::partial).sum()));
    facts.put(
        "hit-rate",
        share(
            rows.stream().mapToLong(Row::matched).sum(),
            rows.stream().mapToLong(Row::asked).sum()));
    facts.put(
        "rows", rows.stream().limit(ROWS_MAX).map(Row::html).collect(Collectors.joining("\n")));
    facts.put("remark", remark());
    facts.put("warning", warning());
  }

  private String warning() {
    long count = server.textSuspicions();
    return count == 0
        ? ""
        : "Requests whose hashes look like text, but that do not say HEX: %s. Their hashes are"
                .formatted(count(count))
            + " taken as bytes, and are found only by the same mistake.";
  }

  private String remark() {
    int shown = Math.min(ROWS_MAX, rows.size());
    if (shown == namespaces) {
      return "";
    }
    return rows.size() < namespaces
        ? "Shown, and summed above, are namespaces of the first %s of %s by name."
            .formatted(count(rows.size()), count(namespaces))
        : "Shown are the %d of %s with the most blocks.".formatted(shown, count(namespaces));
  }

  /// A namespace.
  private record Row(
      String name, long owners, long partial, long blocks, long bytes, long asked, long matched) {
    static Row of(String name, List<Stat> stats) {
      var values = stats.stream().collect(Collectors.toMap(Stat::name, Stat::value));
      return new Row(
          name,
          values.getOrDefault("owners", 0L),
          values.getOrDefault("partial-owners", 0L),
          values.getOrDefault("blocks", 0L),
          values.getOrDefault("tree-bytes", 0L) + values.getOrDefault("by-hash-bytes", 0L),
          values.getOrDefault("asked-blocks", 0L),
          values.getOrDefault("matched-blocks", 0L));
    }

    String html() {
      return List.of(
              escaped(name),
              count(owners),
              count(partial),
              count(blocks),
              FrontFacts.bytes((double) bytes),
              share(matched, asked))
          .stream()
          .collect(Collectors.joining("</td><td>", "<tr><td>", "</td></tr>"));
    }
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /// A part of a whole; a dash as long as there is none.
  private static String share(long part, long whole) {
    return whole == 0 ? "–" : String.format(Locale.ROOT, "%.1f%%", 100.0 * part / whole);
  }

  private static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 10 ? "%.1f" : "%,.0f", perSecond);
  }

  private static String bytes(double value) {
    double size = value;
    int unit = -1;
    while (size >= KIBI && unit < UNITS.length() - 1) {
      size /= KIBI;
      unit++;
    }
    return unit < 0
        ? String.format(Locale.ROOT, "%.0f B", size)
        : String.format(Locale.ROOT, "%.1f %ciB", size, UNITS.charAt(unit));
  }

  private static String uptime(long seconds) {
    return seconds < 60
        ? seconds + " s"
        : seconds < 3_600
            ? seconds / 60 + " min"
            : "%d h %d min".formatted(seconds / 3_600, seconds / 60 % 60);
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
