// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/// A page in one file: no scripts, no fonts, no images from elsewhere; light or dark as the reader
/// prefers, for desktops and phones. Built from top to bottom.
public final class HtmlPage {
  private static final int NARROW_COLUMNS = 4;

  private final StringBuilder html = new StringBuilder();

  /// A page with a title.
  public HtmlPage(String title) {
    html.append(head().replace("{title}", escape(title)));
    html.append("<h1>").append(escape(title)).append("</h1>\n");
  }

  private static String head() {
    var resource = HtmlPage.class.getResourceAsStream("head.html");
    try (var in = Objects.requireNonNull(resource)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// Begins a part of the page.
  public HtmlPage part(String heading, String text) {
    html.append("<h2>").append(escape(heading)).append("</h2>\n");
    html.append("<p>").append(escape(text)).append("</p>\n");
    return this;
  }

  /// A command as one would type it, or formulas: lines that stay as they are.
  public HtmlPage verbatim(String lines) {
    html.append("<pre>").append(escape(lines)).append("</pre>\n");
    return this;
  }

  /// Sentences, each with a bullet.
  public HtmlPage list(List<String> items) {
    html.append("<ul class=\"list\">\n");
    items.forEach(item -> html.append("<li>").append(escape(item)).append("</li>\n"));
    html.append("</ul>\n");
    return this;
  }

  /// A number that stands out, and what it is.
  public record Tile(String value, String label) {}

  /// A row of numbers that stand out.
  public HtmlPage tiles(List<Tile> tiles) {
    html.append("<div class=\"tiles\">");
    for (var tile : tiles) {
      html.append("<div class=\"tile\"><b>").append(escape(tile.value())).append("</b><span>");
      html.append(escape(tile.label())).append("</span></div>");
    }
    html.append("</div>\n");
    return this;
  }

  /// Begins a row of cards.
  public HtmlPage beginCards() {
    html.append("<div class=\"cards\">\n");
    return this;
  }

  /// Ends a row of cards.
  public HtmlPage endCards() {
    html.append("</div>\n");
    return this;
  }

  /// A heading, what it means, and a plot.
  public HtmlPage card(String heading, String text, Plot plot) {
    return card("", heading, text, plot.svg(heading));
  }

  /// What a line of a plot stands for.
  public record Key(Plot.Stroke stroke, String text) {}

  /// A heading, what it means, a plot, and below it what its lines stand for.
  public HtmlPage card(String heading, String text, Plot plot, List<Key> keys) {
    var content = new StringBuilder(plot.svg(heading)).append("<ul class=\"keys\">");
    for (var key : keys) {
      content.append("<li>").append(key.stroke().sample()).append(escape(key.text()));
      content.append("</li>");
    }
    return card("", heading, text, content.append("</ul>").toString());
  }

  /// What the colours of a plot of cells stand for, from the palest to the strongest.
  public record Scale(String none, String most) {
    private String html() {
      var html = new StringBuilder("<p class=\"scale\"><span>").append(escape(none));
      html.append("</span>");
      for (double shade : Plot.shades()) {
        html.append("<i style=\"opacity:%.2f\"></i>".formatted(shade));
      }
      return html.append("<span>").append(escape(most)).append("</span></p>").toString();
    }
  }

  /// A heading, what it means, a plot of cells, and below it what its colours stand for.
  public HtmlPage card(String heading, String text, Plot plot, Scale scale) {
    return card("", heading, text, plot.svg(heading) + scale.html());
  }

  /// A table, over the whole width if it has many columns; the first row is its head.
  public HtmlPage card(String heading, String text, List<List<String>> rows) {
    var table = new StringBuilder("<div class=\"scroll\" tabindex=\"0\"><table>");
    for (int i = 0; i < rows.size(); i++) {
      var tag = i == 0 ? "th" : "td";
      table.append("<tr>");
      for (var cell : rows.get(i)) {
        table.append('<').append(tag).append('>').append(escape(cell));
        table.append("</").append(tag).append('>');
      }
      table.append("</tr>\n");
    }
    var style = rows.getFirst().size() > NARROW_COLUMNS ? " wide" : "";
    return card(style, heading, text, table.append("</table></div>").toString());
  }

  private HtmlPage card(String style, String heading, String text, String content) {
    html.append("<section class=\"card").append(style).append("\"><h3>").append(escape(heading));
    html.append("</h3><p>").append(escape(text)).append("</p>\n").append(content);
    html.append("</section>\n");
    return this;
  }

  /// The whole page, with a last line.
  public String end(String footer) {
    return html + "<footer>" + escape(footer) + "</footer>\n</body>\n</html>\n";
  }

  /// Text that HTML shows as it is.
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
