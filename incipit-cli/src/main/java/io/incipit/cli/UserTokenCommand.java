// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.cli.secure.Token;
import io.incipit.env.RandomSource;
import io.incipit.server.IncipitServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `incipit user token`.
@Command(
    name = "token",
    description = {
      "Makes a token of 256 random bits, prints it once, and the line of its user for the users"
          + " file, which has its SHA-256 only."
    })
final class UserTokenCommand implements Callable<Integer> {
  @Mixin private final Invocation call = new Invocation();

  private final RandomSource random;

  @Parameters(index = "0", paramLabel = "NAME", description = "the user's name")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "RULE",
      description = "what he may do, such as read,publish@team-a-* or admin@*")
  private List<String> rules = List.of();

  UserTokenCommand(RandomSource random) {
    this.random = random;
  }

  @Override
  public Integer call() throws IOException {
    var token = Token.fresh(random);
    var line = call.refusing(() -> IncipitServer.userLine(name, token, rules));
    var out = call.out();
    out.printf("token  %s%n", token);
    out.printf("line   %s%n", line);
    out.flush();
    return ExitCode.OK;
  }
}
