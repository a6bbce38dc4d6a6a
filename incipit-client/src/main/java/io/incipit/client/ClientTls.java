// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.env.Network;
import io.incipit.tls.Identity;
import io.incipit.tls.PemFile;
import io.incipit.tls.ServerTrust;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// How a client speaks TLS: whom it trusts, and who it is. Immutable; files are read when it is
/// made, and not again.
///
/// A server is refused unless its certificate is valid, comes from a CA that is trusted, and is for
/// the name or the address by which it is called.
public final class ClientTls {
  private static final char[] NO_PASSWORD = new char[0];

  /// Whom to trust; empty for the CAs of the JDK.
  private final List<X509Certificate> authorities;

  private final Optional<Identity> identity;
  private final String serverName;

  private ClientTls(
      List<X509Certificate> authorities, Optional<Identity> identity, String serverName) {
    this.authorities = authorities;
    this.identity = identity;
    this.serverName = serverName;
  }

  /// Trusts the CAs that the JDK trusts.
  public static ClientTls ofSystem() {
    return new ClientTls(List.of(), Optional.empty(), "");
  }

  /// Trusts the CAs of a PEM file and no others.
  ///
  /// @throws IOException if something is wrong with the file; the message says what, in one line
  public static ClientTls ofCa(Path ca) throws IOException {
    var authorities = new PemFile("tls-ca", ca).certificates(Disk.system());
    return new ClientTls(authorities, Optional.empty(), "");
  }

  /// The same with a certificate of the client's own, for servers that want one.
  ///
  /// @param certificate PEM: the certificate, then those that vouch for it
  /// @param key PEM, in PKCS#8, which nobody else may read
  /// @throws IOException if something is wrong with a file; the message says what, in one line
  public ClientTls withCertificate(Path certificate, Path key) throws IOException {
    var loaded =
        Identity.load(
            new PemFile("tls-cert", certificate),
            new PemFile("tls-key", key),
            Disk.system(),
            Clock.system());
    return new ClientTls(authorities, Optional.of(loaded), serverName);
  }

  /// The same for a server whose certificate is for another name than that of the host.
  public ClientTls withServerName(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name: empty (expected: a name or an address)");
    }
    return new ClientTls(authorities, identity, name);
  }

  /// The network of this machine, by TLS.
  public Network network() {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(keys(), new TrustManager[] {trust()}, null);
      return Network.tls(context, serverName);
    } catch (GeneralSecurityException | IOException broken) {
      throw new IllegalStateException("TLS is not to be had of this JDK", broken);
    }
  }

  private KeyManager @Nullable [] keys() throws GeneralSecurityException, IOException {
    if (identity.isEmpty()) {
      return null;
    }
    var store = emptyStore();
    var own = identity.get();
    store.setKeyEntry(
        "client", own.key(), NO_PASSWORD, own.chain().toArray(X509Certificate[]::new));
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private X509ExtendedTrustManager trust() throws GeneralSecurityException, IOException {
    KeyStore store = null;
    if (!authorities.isEmpty()) {
      store = emptyStore();
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry("ca-" + i, authorities.get(i));
      }
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (var manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager trust) {
        return new ServerTrust(trust, Clock.system());
      }
    }
    throw new GeneralSecurityException("no trust manager for X.509");
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
