// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.secure;

import java.util.List;
import java.util.Optional;

/// How to reach a server, in lines that work as they are, or once names in capitals are replaced.
///
/// @param respBind the address that RESP listens on
/// @param httpBind that of HTTP
/// @param encrypted whether both speak TLS
/// @param users whether they want a token
/// @param home where the CA and a token are, if that is known
public record ClientLines(
    String respBind,
    int respPort,
    String httpBind,
    int httpPort,
    boolean encrypted,
    boolean users,
    Optional<SecureHome> home) {
  /// A program or a language, and what to type.
  public record Line(String what, String text) {}

  /// Host names and ports are the plain text's business; `Look` is an address without users, since
  /// browsers show no token.
  public List<Line> all() {
    var first = List.of(new Line("Try", redisCli()), new Line("Look", look()));
    return home.isEmpty()
        ? first
        : List.of(
            first.get(0), first.get(1), new Line("Java", java()), new Line("Python", python()));
  }

  private String ca() {
    return home.map(known -> Quoting.shell(known.ca().toString())).orElse("CA.pem");
  }

  private String token() {
    return home.map(known -> Quoting.shell(known.token().toString())).orElse("TOKEN.file");
  }

  private String redisCli() {
    var line = new StringBuilder();
    if (users) {
      line.append("REDISCLI_AUTH=\"$(cat ").append(token()).append(")\" ");
    }
    line.append("redis-cli ");
    if (encrypted) {
      line.append("--tls --cacert ").append(ca()).append(' ');
    }
    var host = host(respBind);
    if (!host.equals("localhost")) {
      line.append("-h ").append(host).append(' ');
    }
    return line.append("-p ").append(respPort).append(" KVC.STATS").toString();
  }

  private String look() {
    var host = encrypted || users ? host(httpBind) : httpBind;
    var shown = host.contains(":") ? "[" + host + "]" : host;
    var url = "%s://%s:%d/".formatted(encrypted ? "https" : "http", shown, httpPort);
    if (!users) {
      return url;
    }
    return "printf 'Authorization: Bearer %%s' \"$(cat %s)\" | curl %s-H @- %smetrics"
        .formatted(token(), encrypted ? "--cacert " + ca() + " " : "", url);
  }

  private String java() {
    return ("new IncipitClient(ClientConfig.of(%s, %d).withTls(ClientTls.ofCa(Path.of(%s)))"
            + ".with(Credentials.ofFile(%s, Path.of(%s))))")
        .formatted(
            Quoting.literal(host(respBind)),
            respPort,
            Quoting.literal(path(true)),
            Quoting.literal(SecureHome.USER),
            Quoting.literal(path(false)));
  }

  private String python() {
    return "incipit.Client(%s, %d, ca=%s, token_file=%s)"
        .formatted(
            Quoting.literal(host(respBind)),
            respPort,
            Quoting.literal(path(true)),
            Quoting.literal(path(false)));
  }

  private String path(boolean ca) {
    return home.map(known -> (ca ? known.ca() : known.token()).toString()).orElse("");
  }

  /// How this machine calls an address that a server listens on.
  private static String host(String bind) {
    return switch (bind) {
      case "127.0.0.1", "0.0.0.0", "::", "localhost" -> "localhost";
      default -> bind;
    };
  }
}
