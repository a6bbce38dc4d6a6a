// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The one name that a certificate gives its owner, as a users file has it.
///
/// It is among the certificate's subject alternative names: the only URI, or if there are no URIs
/// the only DNS name. A certificate with two of them, or none, names nobody; neither the `CN` nor
/// any other field is ever looked at, and a wildcard is no name. URIs are equal if all
/// their letters are, DNS names in any case.
public final class Subject {
  private static final int DNS = 2;
  private static final int URI = 6;
  private static final int CHARACTERS_MAX = 512;
  private static final Pattern DNS_NAME = Pattern.compile("[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?");
  private static final Pattern URI_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:[!-~]+");

  private Subject() {}

  /// The name in a certificate; empty if it names nobody.
  public static Optional<String> of(X509Certificate certificate) {
    var uris = new ArrayList<String>();
    var names = new ArrayList<String>();
    try {
      var all = certificate.getSubjectAlternativeNames();
      for (var name : all == null ? List.<List<?>>of() : all) {
        if (name.get(0) instanceof Integer kind && name.get(1) instanceof String text) {
          if (kind == URI) {
            uris.add(text);
          } else if (kind == DNS) {
            names.add(text);
          }
        }
      }
    } catch (CertificateParsingException unreadable) {
      return Optional.empty();
    }
    var its = uris.isEmpty() ? names : uris;
    boolean isUri = !uris.isEmpty();
    return its.size() == 1
        ? parse(its.getFirst()).filter(name -> isUri(name) == isUri)
        : Optional.empty();
  }

  private static boolean isUri(String name) {
    return name.indexOf(':') >= 0;
  }

  /// A name as it is compared; empty if it is neither a URI nor a DNS name.
  static Optional<String> parse(String text) {
    if (text.length() > CHARACTERS_MAX) {
      return Optional.empty();
    }
    if (isUri(text)) {
      return Optional.of(text).filter(uri -> URI_NAME.matcher(uri).matches());
    }
    return Optional.of(text.toLowerCase(Locale.ROOT))
        .filter(name -> DNS_NAME.matcher(name).matches());
  }
}
