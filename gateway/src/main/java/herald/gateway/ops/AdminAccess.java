package herald.gateway.ops;

import herald.gateway.config.AdminSettings;
import herald.gateway.config.HostPort;
import herald.gateway.config.TlsSettings;
import herald.gateway.metrics.ReloadMeters;
import herald.gateway.supervision.Supervisor;
import herald.gateway.tls.ServerTls;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * TLS on the admin address, and who may ask for what there. Probes need neither token nor
 * certificate: what they learn is whether the instance wants clients. Admin thread.
 */
final class AdminAccess implements AutoCloseable {
  private static final String THREAD = "herald-admin-tls";

  /** How long sending the end of TLS may take. */
  private static final int CLOSE_TIMEOUT_MILLIS = 3_000;

  private final AdminSettings settings;
  private final @Nullable ServerTls tls;
  private final @Nullable AdminToken token;

  /**
   * Reads the files.
   *
   * @throws IllegalArgumentException with one sentence, when they can't be used
   */
  AdminAccess(AdminSettings settings, ReloadMeters reloads, Supervisor supervisor) {
    this.settings = settings;
    Path tokenFile = settings.tokenFile();
    token =
        tokenFile == null
            ? null
            : new AdminToken(tokenFile, reloads.of(ReloadMeters.Files.ADMIN_TOKEN));
    TlsSettings tlsSettings = settings.tls();
    tls =
        tlsSettings == null
            ? null
            : new ServerTls(
                tlsSettings,
                settings.clientAuthorities(),
                THREAD,
                CLOSE_TIMEOUT_MILLIS,
                reloads.of(ReloadMeters.Files.ADMIN_TLS),
                supervisor);
  }

  /** Begins the pipeline of a new connection. */
  void addTls(ChannelPipeline pipeline) {
    if (tls != null) {
      pipeline.addLast(tls.newHandler(pipeline.channel().alloc()));
    }
  }

  /** The answer to a request that may not be answered otherwise; null if it may. */
  AdminPages.@Nullable Page refusal(ChannelPipeline pipeline, FullHttpRequest request) {
    if (AdminPages.isProbe(request)) {
      return null;
    }
    if (settings.clientAuthorities() != null && !hasCertificate(pipeline)) {
      return AdminPages.NO_CERTIFICATE;
    }
    return token == null || token.isIn(request.headers()) ? null : AdminPages.UNAUTHORIZED;
  }

  /** One of an unknown authority has ended the handshake. */
  private static boolean hasCertificate(ChannelPipeline pipeline) {
    SslHandler handler = pipeline.get(SslHandler.class);
    try {
      return handler != null && handler.engine().getSession().getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException e) {
      return false;
    }
  }

  /** What strangers could do at an address; null if nothing. */
  static @Nullable String exposure(HostPort address, AdminSettings settings) throws IOException {
    boolean asksForToken = settings.tokenFile() != null;
    if (address.resolve().getAddress().isLoopbackAddress()
        || settings.clientAuthorities() != null
        || (asksForToken && settings.tls() != null)) {
      return null;
    }
    return asksForToken
        ? "the token of "
            + address
            + " is sent unencrypted (expected: --admin-tls-certificate, or a network in which"
            + " nobody listens)"
        : "whoever reaches "
            + address
            + " may read figures and users' connections, change the log level and drain this"
            + " instance (expected: --admin-token-file, --admin-client-ca, or a network that lets"
            + " operators alone there)";
  }

  @Override
  public void close() {
    if (tls != null) {
      tls.close();
    }
  }
}
