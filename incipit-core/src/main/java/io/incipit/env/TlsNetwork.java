// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/// The network of this machine, encrypted.
record TlsNetwork(SSLContext context, String serverName) implements Network {
  private static final Pattern ALERT = Pattern.compile("Received fatal alert: ([a-z_]+)");

  @Override
  public Connection connect(String host, int port, long timeoutNs) throws IOException {
    long begunNs = System.nanoTime();
    var socket = SystemNetwork.open(host, port, timeoutNs);
    try {
      var name = serverName.isEmpty() ? host : serverName;
      var tls = (SSLSocket) context.getSocketFactory().createSocket(socket, name, port, true);
      var parameters = tls.getSSLParameters();
      parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      tls.setSSLParameters(parameters);
      socket.setSoTimeout(SystemNetwork.millis(timeoutNs - (System.nanoTime() - begunNs)));
      tls.startHandshake();
      socket.setSoTimeout(0);
      return new SocketConnection(socket, tls.getInputStream(), tls.getOutputStream(), true);
    } catch (SocketTimeoutException late) {
      socket.close();
      throw new IOException("TLS was not agreed on in time", late);
    } catch (SSLException refused) {
      socket.close();
      throw spoken(refused);
    } catch (IOException failure) {
      socket.close();
      throw failure;
    }
  }

  /// The same in one sentence.
  static IOException spoken(SSLException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException certificate) {
        return new IOException(certificate.getMessage(), failure);
      }
      if (cause instanceof EOFException) {
        return new IOException("the server ended the connection in the middle of TLS", failure);
      }
    }
    var message = String.valueOf(failure.getMessage());
    var alert = ALERT.matcher(message);
    if (alert.find()) {
      return new IOException(meaning(alert.group(1)), failure);
    }
    return message.contains("unrecognized SSL message")
        ? new IOException("the server does not speak TLS on this port", failure)
        : new IOException(message, failure);
  }

  private static String meaning(String alert) {
    return switch (alert) {
      case "certificate_required" -> "the server requires a client certificate that it trusts";
      case "bad_certificate", "unknown_ca", "certificate_unknown", "certificate_expired" ->
          "the server does not take this client's certificate (%s)".formatted(alert);
      case "protocol_version" -> "the server does not speak TLS 1.3 or 1.2";
      default -> "the server ended TLS (%s)".formatted(alert);
    };
  }
}
