// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import java.io.IOException;
import java.util.HashMap;

/// A server as a program of its own, for tests that judge a whole process. Prints its ports.
final class ServeMain {
  private ServeMain() {}

  /// Serves until it is killed.
  ///
  /// @param settings each `key=value`
  public static void main(String... settings) throws IOException, InterruptedException {
    var values = new HashMap<String, String>();
    for (var setting : settings) {
      int at = setting.indexOf('=');
      values.put(setting.substring(0, at), setting.substring(at + 1));
    }
    var server = Tools.server(values);
    System.out.println("HTTP on port " + server.httpPort());
    System.out.println("RESP on port " + server.respPort());
    server.awaitStop();
  }
}
