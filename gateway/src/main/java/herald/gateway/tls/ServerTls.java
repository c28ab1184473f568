package herald.gateway.tls;

import herald.gateway.config.TlsSettings;
import herald.gateway.logging.Field;
import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.ReloadMeters.Reloads;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificate and key of an address, loaded again when their files change, and the authorities of
 * its clients' certificates, if there are any.
 *
 * <p>A thread of its own reads the files at intervals and compares their content, so that a moved
 * link counts as a change. A pair that can't be used, for example because only one of the two files
 * has been replaced yet, is logged, and the pair before stays in use. Open connections keep the
 * pair with which they began.
 */
public final class ServerTls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

  /** How long one reload may take; the files may be on a slow disk. */
  private static final long LONGEST_RELOAD_MILLIS = 60_000;

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final TlsSettings settings;
  private final @Nullable Path authoritiesFile;
  private final SslProvider provider;
  private final int closeTimeoutMillis;
  private final Reloads reloads;
  private final IntervalLog errors = new IntervalLog(LOG);
  private final ScheduledExecutorService thread;
  private final SupervisedThread supervised;

  /** Written by the reloading thread, read by all event loops. */
  private volatile Loaded current;

  /**
   * @param digest the digest of all files
   */
  private record Loaded(String digest, SslContext context) {}

  /**
   * Loads the files, with BoringSSL where its native library loads.
   *
   * @param authoritiesFile PEM: who issues the certificates that clients may show; null if they are
   *     asked for none
   * @param threadName of the thread that reloads
   * @param closeTimeoutMillis how long sending the end of TLS to a client may take
   * @param reloads told how it goes with the files
   * @throws IllegalArgumentException with one sentence, when they can't be used
   */
  public ServerTls(
      TlsSettings settings,
      @Nullable Path authoritiesFile,
      String threadName,
      int closeTimeoutMillis,
      Reloads reloads,
      Supervisor supervisor) {
    this(
        settings,
        authoritiesFile,
        threadName,
        closeTimeoutMillis,
        reloads,
        supervisor,
        OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK);
  }

  /** The same with one provider. */
  ServerTls(
      TlsSettings settings,
      @Nullable Path authoritiesFile,
      String threadName,
      int closeTimeoutMillis,
      Reloads reloads,
      Supervisor supervisor,
      SslProvider provider) {
    this.settings = settings;
    this.authoritiesFile = authoritiesFile;
    this.provider = provider;
    this.closeTimeoutMillis = closeTimeoutMillis;
    this.reloads = reloads;
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
    thread = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory(threadName, true));
    supervised =
        supervisor.thread(threadName, settings.reloadIntervalMillis() + LONGEST_RELOAD_MILLIS);
    thread.scheduleWithFixedDelay(
        supervised.periodic(Place.TLS, this::reload),
        settings.reloadIntervalMillis(),
        settings.reloadIntervalMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** Reads all files; returns {@code before} if they are unchanged. */
  private Loaded load(@Nullable Loaded before) throws IOException {
    byte[] certificates = Files.readAllBytes(settings.certificates());
    byte[] privateKey = Files.readAllBytes(settings.privateKey());
    byte[] authorities =
        authoritiesFile == null ? new byte[0] : Files.readAllBytes(authoritiesFile);
    String digest = KeyPairs.digest(certificates, privateKey, authorities);
    if (before != null && before.digest().equals(digest)) {
      return before;
    }
    KeyPairs.requireMatch(certificates, privateKey);
    Instant expires = KeyPairs.firstExpiration(certificates);
    SslContextBuilder builder =
        SslContextBuilder.forServer(
                new ByteArrayInputStream(certificates), new ByteArrayInputStream(privateKey))
            .sslProvider(provider)
            .protocols(PROTOCOLS);
    if (authoritiesFile != null) {
      trust(builder, authoritiesFile, authorities);
    }
    SslContext context = builder.build();
    reloads.onCertificate(expires);
    return new Loaded(digest, context);
  }

  /** A client may come without a certificate: whoever serves it decides what it gets. */
  private static void trust(SslContextBuilder builder, Path file, byte[] authorities) {
    try {
      builder.trustManager(new ByteArrayInputStream(authorities)).clientAuth(ClientAuth.OPTIONAL);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the clients' authorities " + file + " are no certificates in PEM", e);
    }
  }

  private void reload() {
    boolean isUsable = false;
    try {
      Loaded before = current;
      current = load(before);
      if (!current.digest().equals(before.digest())) {
        LOG.info(
            "the certificate {} has been loaded anew",
            Field.of("certificate", settings.certificates()));
      }
      isUsable = true;
    } catch (IOException | RuntimeException e) {
      errors.warn(
          "the certificate {} has changed and can't be used, the one before goes on: {}",
          Field.of("certificate", settings.certificates()),
          Field.of("error", reason(e)));
    } finally {
      reloads.onRead(isUsable);
    }
  }

  private static String reason(Exception e) {
    String sentence = e.getMessage();
    return sentence == null ? e.getClass().getSimpleName() : sentence;
  }

  /** The TLS handler of a new connection. The deadline of its handshake is that of the caller. */
  public SslHandler newHandler(ByteBufAllocator allocator) {
    SslHandler handler = current.context().newHandler(allocator);
    handler.setHandshakeTimeoutMillis(0);
    handler.setCloseNotifyFlushTimeoutMillis(closeTimeoutMillis);
    return handler;
  }

  /** The name of the TLS implementation. */
  public String providerName() {
    return provider == SslProvider.JDK ? "the JDK" : "BoringSSL";
  }

  @Override
  public void close() {
    supervised.mayEnd();
    thread.shutdownNow();
  }
}
