// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import java.io.IOException;
import java.io.Serial;

/// A rival gave no answer; the message says which, and what is known of why.
final class RivalFailed extends IOException {
  @Serial private static final long serialVersionUID = 1;

  RivalFailed(String reason) {
    super(reason);
  }
}
