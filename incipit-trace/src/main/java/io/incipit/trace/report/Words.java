// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import io.incipit.trace.LeftOut;
import io.incipit.trace.TraceNotes;
import io.incipit.trace.simulate.HintCounts;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How numbers are written in reports.
public final class Words {
  private Words() {}

  /// One sentence for each reason for which something was left out, and each thing that
  /// was taken for granted.
  public static List<String> leftOut(LeftOut leftOut) {
    var sentences = new ArrayList<String>();
    if (leftOut.lines() > 0) {
      sentences.add("Left out as bad: " + whole(leftOut.lines()) + " lines.");
    }
    if (leftOut.sessions() > 0) {
      sentences.add("Left out as repeats: " + whole(leftOut.sessions()) + " sessions.");
    }
    sentences.addAll(notes(leftOut.notes()));
    return sentences;
  }

  /// One sentence for each thing that a trace does not say, that was read otherwise, or taken for
  /// granted.
  public static List<String> notes(TraceNotes notes) {
    var sentences = new ArrayList<String>();
    if (notes.sharingUnknown()) {
      sentences.add(
          "The trace does not tell which blocks prompts share: nothing about reuse follows from"
              + " it.");
    } else if (notes.requestsWithoutBlocks() > 0) {
      sentences.add(
          "Without blocks or text, and taken to share none: %s requests."
              .formatted(whole(notes.requestsWithoutBlocks())));
    }
    if (notes.timesUnknown()) {
      sentences.add(
          "The trace does not tell when requests came: nothing about time follows from it.");
    }
    if (notes.sessionStartsUnknown()) {
      sentences.add(
          "The trace does not tell when sessions began: they are taken to begin at equal"
              + " distances (--session-starts).");
    }
    if (notes.idsBelowTwoParents() > 0) {
      sentences.add(
          "%s ids below two parents, read as different blocks."
              .formatted(whole(notes.idsBelowTwoParents())));
    }
    if (notes.sizesIgnored() > 0) {
      sentences.add(
          "Sizes are ignored, of %s records: each object counts as one block."
              .formatted(whole(notes.sizesIgnored())));
    }
    sentences.addAll(notes.assumed());
    return sentences;
  }

  /// One sentence that says which hints the caches of a trace were given.
  static String hints(HintCounts hints) {
    var sentence =
        "Hints (%s): %s that a path is done, %s that it will be back"
            .formatted(hints.source(), whole(hints.done()), whole(hints.back()));
    return hints.falseHints() == 0
        ? sentence + "."
        : "%s; %s of them are wrong.".formatted(sentence, whole(hints.falseHints()));
  }

  /// `12,031`
  public static String whole(long value) {
    return whole((double) value);
  }

  /// The same, rounded.
  public static String whole(double value) {
    return format("%,.0f", value);
  }

  /// `2.78`, or `1,180` from a thousand on.
  static String number(double value) {
    boolean whole = Math.abs(value) >= 1000 || value == Math.rint(value);
    return format(whole ? "%,.0f" : "%.2f", value);
  }

  /// The same; of a trace that is shorter than a window, nothing.
  static String numberOrDash(double value) {
    return value == 0 ? "-" : number(value);
  }

  /// As [#numberOrDash], without a fraction.
  static String wholeOrDash(double value) {
    return value == 0 ? "-" : whole(value);
  }

  /// `36.6%`
  static String percent(double share) {
    return format("%.1f%%", 100 * share);
  }

  /// `0.01%`
  static String percentFine(double share) {
    return format("%.2f%%", 100 * share);
  }

  /// `40%`
  static String wholePercent(double share) {
    return format("%.0f%%", 100 * share);
  }

  /// `0.309`
  static String secondsFine(double value) {
    return format("%.3f", value);
  }

  /// `183k`, `2.4M`: three digits at most.
  static String compact(long value) {
    return compact((double) value);
  }

  /// The same, with a digit behind the point where there is room, and two that count below 1.
  static String compact(double value) {
    if (value > 0 && value < 1) {
      return new BigDecimal(value, new MathContext(2)).stripTrailingZeros().toPlainString();
    }
    if (value < 1_000) {
      return format(value == Math.rint(value) ? "%.0f" : "%.1f", value);
    }
    double scaled = value < 1_000_000 ? value / 1_000 : value / 1_000_000;
    var unit = value < 1_000_000 ? "k" : "M";
    boolean round = scaled >= 100 || scaled == Math.rint(scaled);
    return format(round ? "%.0f" : "%.1f", scaled) + unit;
  }

  /// `30 s`, `5 min`
  static String seconds(int seconds) {
    return seconds >= 120 && seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }
}
