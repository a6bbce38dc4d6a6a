// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/// A plot as inline SVG: axes, then lines, bars or cells, each in data coordinates.
///
/// ```
///        +--------------------+  y.to
/// y label|                    |
///        +--------------------+  y.from
///     x.from    x label     x.to
/// ```
public final class Plot {
  private static final double WIDTH = 400;
  private static final double HEIGHT = 240;
  private static final double LEFT = 42;
  private static final double RIGHT = 8;
  private static final double TOP = 24;
  private static final double BOTTOM = 36;
  private static final int SHADES = 8;
  private static final double ROOM_FOR_FIVES = 1000;

  private final Axis x;
  private final Axis y;
  private final StringBuilder body = new StringBuilder();

  /// A direction of a plot.
  ///
  /// @param label what is shown, with its unit
  /// @param ticks where to write a number
  /// @param text how it is written
  /// @param logarithmic both ends are then above 0
  public record Axis(
      String label,
      double from,
      double to,
      List<Double> ticks,
      DoubleFunction<String> text,
      boolean logarithmic) {
    /// Keeps a list that nobody changes.
    public Axis {
      ticks = List.copyOf(ticks);
    }

    /// An axis with equal steps, about five of them, from 0 to `to` or a little beyond.
    public static Axis linear(String label, double to, DoubleFunction<String> text) {
      double most = to > 0 ? to : 1;
      double step = step(most);
      double end = Math.ceil(most / step - 1e-9) * step;
      var ticks = new ArrayList<Double>();
      for (int i = 0; i * step <= end + step / 1000; i++) {
        ticks.add(i * step);
      }
      return new Axis(label, 0, end, ticks, text, false);
    }

    /// An axis by powers of ten, from 1 to `to`.
    public static Axis logarithmic(String label, double to, DoubleFunction<String> text) {
      return new Axis(label, 1, Math.max(10, to), powers(1, to, List.of(1)), text, true);
    }

    /// A logarithmic axis between two values above 0, with numbers at 1, 2 and 5 where there is
    /// room for them.
    public static Axis between(String label, double from, double to, DoubleFunction<String> text) {
      boolean room = to / from <= ROOM_FOR_FIVES;
      var ticks = powers(from, to, room ? List.of(1, 2, 5) : List.of(1));
      return new Axis(label, from, to, ticks, text, true);
    }

    private static List<Double> powers(double from, double to, List<Integer> leads) {
      var ticks = new ArrayList<Double>();
      for (double power = 1; power <= to; power *= 10) {
        for (int lead : leads) {
          if (lead * power >= from && lead * power <= to) {
            ticks.add(lead * power);
          }
        }
      }
      return ticks;
    }

    private static double step(double to) {
      double rough = to / 5;
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double lead = rough / power;
      double factor = lead <= 1.5 ? 1 : lead <= 3.5 ? 2 : lead <= 7.5 ? 5 : 10;
      return factor * power;
    }

    /// Where a value is, in `[0, 1]` between the ends.
    double place(double value) {
      if (logarithmic) {
        return Math.log(Math.max(value, from) / from) / Math.log(to / from);
      }
      return (value - from) / (to - from);
    }
  }

  /// A point of a line.
  public record Point(double x, double y) {}

  /// Which colour something has; each is legible in light and in dark.
  public enum Colour {
    /// The first.
    ONE("1"),
    /// The one that differs most from the first.
    TWO("2"),
    THREE("3"),
    FOUR("4"),
    FIVE("5"),
    SIX("6"),
    SEVEN("7"),
    EIGHT("8"),
    /// That of text: for what is no series like the others.
    INK("0");

    private final String style;

    Colour(String style) {
      this.style = style;
    }
  }

  /// How a line is drawn.
  ///
  /// @param dashed tells two lines of one colour apart
  public record Stroke(Colour colour, boolean dashed) {
    private String style() {
      return "s" + colour.style + (dashed ? " dash" : "");
    }

    /// A piece of the line, to stand before its name.
    String sample() {
      return "<svg class=\"sample\" aria-hidden=\"true\" viewBox=\"0 0 24 8\"><path class=\""
          + style()
          + "\" d=\"M0 4H24\"/></svg>";
    }
  }

  /// A plot without content.
  public Plot(Axis x, Axis y) {
    this.x = x;
    this.y = y;
  }

  /// A line through points, in order.
  public Plot line(List<Point> points, Colour colour) {
    return line(points, new Stroke(colour, false));
  }

  /// A line through points, in order.
  public Plot line(List<Point> points, Stroke stroke) {
    if (points.isEmpty()) {
      return this;
    }
    body.append("<path class=\"").append(stroke.style()).append("\" d=\"");
    for (int i = 0; i < points.size(); i++) {
      body.append(i == 0 ? "M" : "L").append(number(left(points.get(i).x())));
      body.append(' ').append(number(top(points.get(i).y())));
    }
    body.append("\"/>\n");
    return this;
  }

  /// The area between a line and the lower end of the plot, pale.
  public Plot area(List<Point> points, Colour colour) {
    if (points.isEmpty()) {
      return this;
    }
    body.append("<path class=\"f").append(colour.style).append("\" fill-opacity=\".22\" d=\"M");
    body.append(number(left(points.getFirst().x()))).append(' ').append(number(top(y.from())));
    for (var point : points) {
      body.append('L').append(number(left(point.x()))).append(' ').append(number(top(point.y())));
    }
    body.append('L').append(number(left(points.getLast().x()))).append(' ');
    body.append(number(top(y.from()))).append("Z\"/>\n");
    return this;
  }

  /// A dot; the hint shows when one points at it.
  public Plot dot(Point at, Colour colour, String hint) {
    body.append("<circle class=\"f").append(colour.style).append("\" r=\"2.2\" cx=\"");
    body.append(number(left(at.x()))).append("\" cy=\"").append(number(top(at.y())));
    body.append("\"><title>").append(HtmlPage.escape(hint)).append("</title></circle>\n");
    return this;
  }

  /// A bar from one place to another; the hint shows when one points at it.
  public Plot bar(double from, double to, double height, String hint) {
    double start = left(from) + 0.6;
    body.append("<rect class=\"f1\" x=\"").append(number(start)).append("\" y=\"");
    body.append(number(top(height))).append("\" width=\"");
    body.append(number(Math.max(0.5, left(to) - 0.6 - start))).append("\" height=\"");
    body.append(number(top(y.from()) - top(height))).append("\"><title>");
    body.append(HtmlPage.escape(hint)).append("</title></rect>\n");
    return this;
  }

  /// Cells of equal size over the whole plot; the more a cell has of the greatest value, the
  /// stronger its colour, by the square root.
  ///
  /// @param rows from the lower end up, all as long
  public Plot cells(List<List<Double>> rows) {
    double max = 0;
    for (var row : rows) {
      for (double value : row) {
        max = Math.max(max, value);
      }
    }
    var shades = new StringBuilder[SHADES + 1];
    for (int r = 0; r < rows.size() && max > 0; r++) {
      for (int c = 0; c < rows.get(r).size(); c++) {
        int shade = (int) Math.ceil(SHADES * Math.sqrt(rows.get(r).get(c) / max));
        if (shade > 0) {
          shades[shade] = shades[shade] == null ? new StringBuilder() : shades[shade];
          shades[shade].append('M').append(c).append(' ').append(rows.size() - 1 - r);
          shades[shade].append("h1v1h-1z");
        }
      }
    }
    if (max > 0) {
      double wide = (WIDTH - LEFT - RIGHT) / rows.getFirst().size();
      double high = (HEIGHT - TOP - BOTTOM) / rows.size();
      body.append("<g shape-rendering=\"crispEdges\" transform=\"translate(").append(number(LEFT));
      body.append(' ').append(number(TOP)).append(") scale(").append(number(wide)).append(' ');
      body.append(number(high)).append(")\">\n");
      for (int shade = 1; shade <= SHADES; shade++) {
        if (shades[shade] != null) {
          body.append("<path class=\"f1\" fill-opacity=\"");
          body.append(number(shades().get(shade - 1))).append("\" d=\"");
          body.append(shades[shade]).append("\"/>\n");
        }
      }
      body.append("</g>\n");
    }
    return this;
  }

  /// How opaque the colours of [#cells] are, from the palest.
  static List<Double> shades() {
    return IntStream.rangeClosed(1, SHADES).mapToObj(shade -> 0.1 + 0.9 * shade / SHADES).toList();
  }

  /// A name beside a place, in the colour of a line.
  public Plot name(double atX, double atY, String text, Colour colour) {
    boolean right = x.place(atX) > 0.6;
    body.append("<text class=\"t").append(colour.style).append("\" x=\"");
    body.append(number(left(atX))).append("\" y=\"").append(number(top(atY) - 4));
    body.append("\" text-anchor=\"").append(right ? "end" : "start").append("\">");
    body.append(HtmlPage.escape(text)).append("</text>\n");
    return this;
  }

  /// The plot as an element; the title is for those who cannot see it.
  String svg(String title) {
    var svg = new StringBuilder();
    svg.append("<svg role=\"img\" viewBox=\"0 0 ").append(number(WIDTH)).append(' ');
    svg.append(number(HEIGHT)).append("\" aria-label=\"").append(HtmlPage.escape(title));
    svg.append("\">\n");
    frame(svg);
    return svg.append(body).append("</svg>").toString();
  }

  private void frame(StringBuilder svg) {
    double floor = HEIGHT - BOTTOM;
    for (double tick : y.ticks()) {
      double at = top(tick);
      svg.append("<path class=\"axis\" d=\"M").append(number(LEFT)).append(' ').append(number(at));
      svg.append('H').append(number(WIDTH - RIGHT)).append("\"/>");
      text(svg, LEFT - 4, at + 3.5, "end", y.text().apply(tick));
    }
    svg.append("<path class=\"axis\" d=\"M").append(number(LEFT)).append(' ').append(number(TOP));
    svg.append('V').append(number(floor)).append('H').append(number(WIDTH - RIGHT));
    svg.append("\"/>\n");
    for (double tick : x.ticks()) {
      double at = left(tick);
      var anchor = at > WIDTH - RIGHT - 12 ? "end" : "middle";
      text(
          svg,
          at > WIDTH - RIGHT - 12 ? WIDTH - RIGHT : at,
          floor + 14,
          anchor,
          x.text().apply(tick));
    }
    text(svg, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4, "middle", x.label());
    text(svg, 2, 11, "start", y.label());
  }

  private static void text(StringBuilder svg, double atX, double atY, String anchor, String text) {
    svg.append("<text x=\"").append(number(atX)).append("\" y=\"").append(number(atY));
    svg.append("\" text-anchor=\"").append(anchor).append("\">").append(HtmlPage.escape(text));
    svg.append("</text>\n");
  }

  private double left(double value) {
    return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
  }

  private double top(double value) {
    return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static String number(double value) {
    var text = String.format(Locale.ROOT, "%.2f", value);
    return text.replaceFirst("\\.?0+$", "").isEmpty() ? "0" : text.replaceFirst("\\.?0+$", "");
  }
}
