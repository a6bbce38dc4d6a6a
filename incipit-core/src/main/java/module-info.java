// SPDX-License-Identifier: Apache-2.0

/// Blocks, the prefix index and the protocol tables of Incipit, on the JDK alone.
module io.incipit.core {
  requires static org.jspecify;

  exports io.incipit.block;
  exports io.incipit.env;
  exports io.incipit.index;
  exports io.incipit.policy;
  exports io.incipit.protocol;
  exports io.incipit.stream;
  exports io.incipit.tls;
}
