// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/// The plots of a page, each parsed as XML.
final class SvgElements {
  private SvgElements() {}

  /// All of them, in order; fails on one that is not well-formed.
  static List<Element> in(String html)
      throws IOException, ParserConfigurationException, SAXException {
    var parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    var elements = new ArrayList<Element>();
    for (int at = html.indexOf("<svg"); at >= 0; at = html.indexOf("<svg", at + 1)) {
      var svg = html.substring(at, html.indexOf("</svg>", at) + 6);
      elements.add(
          parser.parse(new ByteArrayInputStream(svg.getBytes(UTF_8))).getDocumentElement());
    }
    return elements;
  }
}
