// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.discover;

/// What an engine did not tell: what was asked, what came, and what to say instead.
public final class UnknownEngineException extends Exception {
  private static final long serialVersionUID = 1;

  UnknownEngineException(String message) {
    super(message);
  }

  UnknownEngineException(String message, Throwable cause) {
    super(message, cause);
  }
}
