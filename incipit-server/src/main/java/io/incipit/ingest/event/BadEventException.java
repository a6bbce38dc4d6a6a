// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.event;

/// Bytes that are no MessagePack, or no batch of events. The message names what was found, where,
/// and what was expected.
public final class BadEventException extends Exception {
  private static final long serialVersionUID = 1;

  BadEventException(String message) {
    super(message);
  }
}
