// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import io.incipit.trace.replay.BlockTraffic;
import io.incipit.trace.replay.ReplayReport;
import java.io.PrintWriter;
import java.util.Locale;

/// The report of a replay for people.
public final class ReplayText {
  private static final long MEBIBYTE = 1 << 20;

  private final ReplayReport report;

  /// A text that is not printed yet.
  public ReplayText(ReplayReport report) {
    this.report = report;
  }

  /// Prints it.
  public void print(String title, PrintWriter out) {
    out.println(title);
    out.println();
    boolean shares = !report.leftOut().notes().sharingUnknown();
    if (shares) {
      printFound(out);
    } else {
      new Columns()
          .row("", "asked")
          .row("requests", whole(report.requests()))
          .row("blocks", whole(report.blocks()))
          .row("tokens", whole(report.tokens()))
          .print(out);
    }
    Words.leftOut(report.leftOut()).forEach(out::println);
    out.println();
    printLookups(out);
    out.println();
    report.traffic().ifPresent(traffic -> printTraffic(traffic, out));
    printMemory(out);
    out.flush();
  }

  private void printFound(PrintWriter out) {
    new Columns()
        .row("", "asked", "found", "hit rate")
        .row(
            "blocks",
            whole(report.blocks()),
            whole(report.blockHits()),
            share(report.blockHitRate()))
        .row(
            "tokens",
            whole(report.tokens()),
            whole(report.tokenHits()),
            share(report.tokenHitRate()))
        .print(out);
    out.println();
    printRequests(out);
  }

  private void printRequests(PrintWriter out) {
    var rates = report.hitRates();
    new Columns()
        .row(whole(report.requests()) + " requests", "mean", "p10", "p25", "p50", "p75", "p90")
        .row(
            "block hit rate",
            tenth(rates.mean()),
            tenth(rates.p10()),
            tenth(rates.p25()),
            tenth(rates.p50()),
            tenth(rates.p75()),
            tenth(rates.p90()))
        .print(out);
    out.println(
        "At least half found in %s of the requests, nothing in %s."
            .formatted(share(rates.half()), share(rates.none())));
  }

  private void printLookups(PrintWriter out) {
    var latency = report.latencyMicros();
    new Columns()
        .row("look-ups", "p50", "p90", "p99", "p99.9", "max")
        .row(
            "microseconds",
            micros(latency.p50()),
            micros(latency.p90()),
            micros(latency.p99()),
            micros(latency.p999()),
            micros(latency.max()))
        .print(out);
    out.println(
        "%s look-ups/s, each with its %s; the whole took %s s."
            .formatted(
                whole(Math.round(report.lookupsPerSecond())),
                report.traffic().isPresent() ? "puts" : "publish",
                format("%.2f", report.elapsedSeconds())));
  }

  private void printMemory(PrintWriter out) {
    var footprint = report.footprint();
    out.println(
        "%s different blocks, %s held at the end in %s B each: tree %s, table by hash %s."
            .formatted(
                whole(report.distinctBlocks()),
                whole(footprint.blocks()),
                format("%.1f", footprint.bytesPerBlock()),
                format("%.1f", footprint.treeBytesPerBlock()),
                format("%.1f", footprint.byHashBytesPerBlock())));
  }

  private static void printTraffic(BlockTraffic traffic, PrintWriter out) {
    new Columns()
        .row("stored blocks", "asked", "hit", "hit rate", "put", "had", "declined")
        .row(
            whole(traffic.blockBytes()) + " B each",
            whole(traffic.asked()),
            whole(traffic.read()),
            share(traffic.hitRate()),
            whole(traffic.made()),
            whole(traffic.had()),
            whole(traffic.declined()))
        .print(out);
    out.println(
        "%s read, each block compared, %s wrong; %s put."
            .formatted(
                bytes(traffic.readBytes()), whole(traffic.wrong()), bytes(traffic.putBytes())));
    var moves = traffic.moves();
    if (moves.demoted() + moves.promoted() + moves.dropped() + moves.refused() > 0) {
      out.println(
          "Tiers: %s found on disk only, %s left memory for it, %s without a copy, %s had no room."
              .formatted(
                  whole(moves.promoted()),
                  whole(moves.demoted()),
                  whole(moves.dropped()),
                  whole(moves.refused())));
    }
    out.println();
  }

  private static String bytes(long bytes) {
    return bytes < MEBIBYTE ? whole(bytes) + " B" : format("%,.1f MiB", bytes / (double) MEBIBYTE);
  }

  private static String whole(long count) {
    return format("%,d", count);
  }

  private static String share(double rate) {
    return format("%.2f%%", 100 * rate);
  }

  private static String tenth(double rate) {
    return format("%.1f%%", 100 * rate);
  }

  private static String micros(double micros) {
    return format(micros < 100 ? "%.1f" : "%,.0f", micros);
  }

  private static String format(String pattern, Object value) {
    return String.format(Locale.ROOT, pattern, value);
  }
}
