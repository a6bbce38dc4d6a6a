// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.server.IncipitServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `incipit user cert`.
@Command(
    name = "cert",
    description = {
      "Prints the line for the users file of somebody who is known by a certificate of TLS, by the"
          + " one name in it."
    })
final class UserCertificateCommand implements Callable<Integer> {
  @Mixin private final Invocation call = new Invocation();

  @Parameters(index = "0", paramLabel = "NAME", description = "the user's name")
  private String name = "";

  @Parameters(
      index = "1",
      paramLabel = "SUBJECT",
      description = "the only URI among the certificate's alternative names, or the only DNS name")
  private String subject = "";

  @Parameters(
      index = "2..*",
      arity = "1..*",
      paramLabel = "RULE",
      description = "what he may do, such as read,publish@team-a-* or admin@*")
  private List<String> rules = List.of();

  @Override
  public Integer call() throws IOException {
    var line = call.refusing(() -> IncipitServer.userLineOfCertificate(name, subject, rules));
    var out = call.out();
    out.printf("line   %s%n", line);
    out.flush();
    return ExitCode.OK;
  }
}
