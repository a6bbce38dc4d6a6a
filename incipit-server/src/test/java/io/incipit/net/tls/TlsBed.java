// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import io.incipit.server.IncipitServer;
import io.incipit.server.ServerConfig;
import io.incipit.tls.TestAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// A server that speaks TLS on free ports, its authority, and clients of it. For one test.
final class TlsBed implements AutoCloseable {
  /// Ends what hangs; nothing is measured by it.
  static final int PATIENCE_MILLIS = 120_000;

  private static final char[] NO_PASSWORD = new char[0];

  final TestAuthority authority = new TestAuthority("test authority");
  final Path directory;
  final Path ca;
  final IncipitServer server;

  /// @param settings beside those of TLS
  TlsBed(Path directory, Map<String, String> settings) throws IOException {
    this.directory = directory;
    this.ca = authority.write(directory.resolve("ca.pem"));
    issue();
    var values = new HashMap<String, String>();
    values.put("net.resp-port", "0");
    values.put("net.http-port", "0");
    values.put("store.host-limit", "512MiB");
    values.put("tls.certificate", certificate().toString());
    values.put("tls.key", key().toString());
    values.putAll(settings);
    this.server = IncipitServer.start(ServerConfig.of(values));
  }

  /// Settings by which clients of RESP show certificates of the same authority.
  static Map<String, String> askingClients(Path directory, String demand) {
    return Map.of(
        "tls.client-ca", directory.resolve("ca.pem").toString(), "tls.client-certificates", demand);
  }

  Path certificate() {
    return directory.resolve("server.pem");
  }

  Path key() {
    return directory.resolve("server.key");
  }

  /// Puts a fresh pair in the place of the server's.
  void issue() throws IOException {
    authority.issue("server", "localhost", "127.0.0.1").write(certificate(), key());
  }

  /// What a client trusts and shows.
  static SSLContext context(Path ca, Optional<TestAuthority.Issued> own) {
    try {
      var trusted = store();
      trusted.setCertificateEntry("ca", read(ca));
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      KeyManager[] keys = null;
      if (own.isPresent()) {
        var file = Files.createTempFile("client", ".pem");
        own.get().write(file, Files.createTempFile("client", ".key"));
        var mine = store();
        mine.setKeyEntry(
            "own", own.get().keys().getPrivate(), NO_PASSWORD, new Certificate[] {read(file)});
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(mine, NO_PASSWORD);
        keys = factory.getKeyManagers();
      }
      var context = SSLContext.getInstance("TLS");
      context.init(keys, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static KeyStore store() throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Certificate read(Path file) throws GeneralSecurityException, IOException {
    try (var in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  /// A client of RESP that shows nothing.
  Speaker connect() throws IOException {
    return connect(context(ca, Optional.empty()));
  }

  Speaker connect(SSLContext context, String... versions) throws IOException {
    var socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.respPort());
    if (versions.length > 0) {
      socket.setEnabledProtocols(versions);
    }
    return new Speaker(socket);
  }

  /// A number of `/metrics`, 0 if it is not there.
  double metric(String name) throws IOException {
    var page = new StringBuilder();
    try (var socket =
        context(ca, Optional.empty())
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), server.httpPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      var request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      page.append(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    var line =
        Pattern.compile("^incipit_" + Pattern.quote(name) + " (\\S+)$", Pattern.MULTILINE)
            .matcher(page.toString().replace("\r", ""));
    return line.find() ? Double.parseDouble(line.group(1)) : 0;
  }

  /// Waits until a number is reached.
  void await(String name, double least) throws IOException, InterruptedException {
    while (metric(name) < least) {
      Thread.sleep(20);
    }
  }

  @Override
  public void close() {
    server.close();
  }

  /// A socket that speaks RESP.
  static final class Speaker implements AutoCloseable {
    final Socket socket;
    final InputStream in;

    Speaker(Socket socket) throws IOException {
      this.socket = socket;
      socket.setSoTimeout(PATIENCE_MILLIS);
      this.in = socket.getInputStream();
    }

    /// Sends one request; each word is a `String` or bytes.
    void send(Object... words) throws IOException {
      var out = socket.getOutputStream();
      out.write(ascii("*" + words.length + "\r\n"));
      for (var word : words) {
        var bytes = word instanceof byte[] given ? given : ascii(word.toString());
        out.write(ascii("$" + bytes.length + "\r\n"));
        out.write(bytes);
        out.write(ascii("\r\n"));
      }
    }

    private static byte[] ascii(String text) {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// One line without its end; empty at the end of the stream.
    String line() throws IOException {
      var line = new StringBuilder();
      for (int one = in.read(); one >= 0 && one != '\n'; one = in.read()) {
        line.append((char) one);
      }
      return line.toString().strip();
    }

    String ask(Object... words) throws IOException {
      send(words);
      return line();
    }

    /// The bytes of a bulk string.
    byte[] bulk() throws IOException {
      var header = line();
      var bytes = in.readNBytes(Integer.parseInt(header.substring(1)));
      line();
      return bytes;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
