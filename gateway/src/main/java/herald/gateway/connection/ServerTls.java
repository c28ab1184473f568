package herald.gateway.connection;

import herald.gateway.config.TlsSettings;
import herald.gateway.logging.IntervalLog;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's certificate and key, loaded again when their files change.
 *
 * <p>A thread of its own reads the files at intervals and compares their content, so that a moved
 * link counts as a change. A pair that can't be used, for example because only one of the two files
 * has been replaced yet, is logged, and the pair before stays in use. Open connections keep the
 * pair with which they began.
 */
final class ServerTls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);
  private static final String THREAD = "herald-tls";

  /** How long one reload may take; the files may be on a slow disk. */
  private static final long LONGEST_RELOAD_MILLIS = 60_000;

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final TlsSettings settings;
  private final SslProvider provider;
  private final int closeTimeoutMillis;
  private final IntervalLog errors = new IntervalLog(LOG);
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory(THREAD, true));
  private final SupervisedThread supervised;

  /** Written by the reloading thread, read by all event loops. */
  private volatile Loaded current;

  /**
   * @param digest the digest of both files
   */
  private record Loaded(String digest, SslContext context) {}

  /**
   * Loads the files, with BoringSSL where its native library loads.
   *
   * @param closeTimeoutMillis how long sending the end of TLS to a client may take
   * @throws IllegalArgumentException with one sentence, when they can't be used
   */
  ServerTls(TlsSettings settings, int closeTimeoutMillis, Supervisor supervisor) {
    this(
        settings,
        closeTimeoutMillis,
        supervisor,
        OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK);
  }

  /** The same with one provider. */
  ServerTls(
      TlsSettings settings, int closeTimeoutMillis, Supervisor supervisor, SslProvider provider) {
    this.settings = settings;
    this.provider = provider;
    this.closeTimeoutMillis = closeTimeoutMillis;
    try {
      current = load(null);
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the certificate "
              + settings.certificates()
              + " with the key "
              + settings.privateKey()
              + " can't be used: "
              + reason(e)
              + " (expected: readable PEM files that belong together, the key as PKCS #8 without"
              + " a password)",
          e);
    }
    supervised = supervisor.thread(THREAD, settings.reloadIntervalMillis() + LONGEST_RELOAD_MILLIS);
    thread.scheduleWithFixedDelay(
        supervised.periodic(Place.TLS, this::reload),
        settings.reloadIntervalMillis(),
        settings.reloadIntervalMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** Reads both files; returns {@code before} if they are unchanged. */
  private Loaded load(@Nullable Loaded before) throws IOException {
    byte[] certificates = Files.readAllBytes(settings.certificates());
    byte[] privateKey = Files.readAllBytes(settings.privateKey());
    String digest = KeyPairs.digest(certificates, privateKey);
    if (before != null && before.digest().equals(digest)) {
      return before;
    }
    KeyPairs.requireMatch(certificates, privateKey);
    SslContext context =
        SslContextBuilder.forServer(
                new ByteArrayInputStream(certificates), new ByteArrayInputStream(privateKey))
            .sslProvider(provider)
            .protocols(PROTOCOLS)
            .build();
    return new Loaded(digest, context);
  }

  private void reload() {
    try {
      Loaded before = current;
      current = load(before);
      if (!current.digest().equals(before.digest())) {
        LOG.info("the certificate {} has been loaded anew", settings.certificates());
      }
    } catch (IOException | RuntimeException e) {
      errors.warn(
          "the certificate "
              + settings.certificates()
              + " has changed and can't be used, the one before goes on: "
              + reason(e));
    }
  }

  private static String reason(Exception e) {
    String sentence = e.getMessage();
    return sentence == null ? e.getClass().getSimpleName() : sentence;
  }

  /** The TLS handler of a new connection. The deadline of its handshake is that of ours. */
  SslHandler newHandler(ByteBufAllocator allocator) {
    SslHandler handler = current.context().newHandler(allocator);
    handler.setHandshakeTimeoutMillis(0);
    handler.setCloseNotifyFlushTimeoutMillis(closeTimeoutMillis);
    return handler;
  }

  /** The name of the TLS implementation. */
  String providerName() {
    return provider == SslProvider.JDK ? "the JDK" : "BoringSSL";
  }

  @Override
  public void close() {
    supervised.mayEnd();
    thread.shutdownNow();
  }
}
