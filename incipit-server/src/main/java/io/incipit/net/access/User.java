// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import java.util.List;
import java.util.stream.Collectors;

/// Somebody who may do something.
///
/// @param name letters, digits, dots, underscores and dashes
/// @param secret by which he is known
/// @param rules what he may do: the sum of those that fit
public record User(String name, Secret secret, List<Rule> rules) {
  public User {
    rules = List.copyOf(rules);
  }

  /// His rights in a namespace, a mask of [Verb]s.
  int rights(String namespace) {
    int rights = 0;
    for (var rule : rules) {
      if ((rights & rule.rights()) != rule.rights() && rule.fits(namespace)) {
        rights |= rule.rights();
      }
    }
    return rights;
  }

  /// His rights on the server as a whole.
  int serverRights() {
    int rights = 0;
    for (var rule : rules) {
      rights |= rule.isOfServer() ? rule.rights() : 0;
    }
    return rights;
  }

  /// Whether he has a right on the server as a whole.
  public boolean may(Verb verb) {
    return (serverRights() & verb.bit()) != 0;
  }

  /// Whether he has a right in a namespace.
  public Insight look(Verb verb, String namespace) {
    int rights = rights(namespace);
    if ((rights & verb.bit()) != 0) {
      return Insight.MAY;
    }
    return rights == 0 ? Insight.HIDDEN : Insight.MAY_NOT;
  }

  /// Whether he may know of a namespace.
  public boolean sees(String namespace) {
    return rights(namespace) != 0;
  }

  /// What he is and may, without his secret.
  public String shown() {
    return rules.stream()
        .map(Rule::text)
        .collect(Collectors.joining(" ", "user " + name + " ", ""));
  }
}
