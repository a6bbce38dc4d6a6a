// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import io.incipit.net.access.Insight;
import io.incipit.net.access.Verb;

/// Who asks a [Route] something about namespaces. Thread-safe.
@FunctionalInterface
public interface Asker {
  /// Whoever it is where nobody is asked who he is.
  Asker ANYBODY = (_, _) -> Insight.MAY;

  /// Whether he has a right in a namespace. What he may not is noted as denied.
  Insight look(Verb verb, String namespace);
}
