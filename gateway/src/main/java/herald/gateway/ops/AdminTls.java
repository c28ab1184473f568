package herald.gateway.ops;

import herald.gateway.config.TlsSettings;
import herald.gateway.logging.IntervalLog;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificate and key of the admin address. With a new connection, and no more often than at the
 * interval of the settings, the files are compared with what is in use. A pair that can't be used
 * is logged, and the pair before goes on. Admin thread.
 */
final class AdminTls {
  private static final Logger LOG = LoggerFactory.getLogger(AdminTls.class);

  private final TlsSettings settings;
  private final IntervalLog errors = new IntervalLog(LOG);
  private Loaded current;
  private long checkedAtNanos = System.nanoTime();

  /** What the files held, and what was made of it. */
  private static final class Loaded {
    private final byte[] certificates;
    private final byte[] privateKey;
    private final SslContext context;

    Loaded(byte[] certificates, byte[] privateKey) throws IOException {
      this.certificates = certificates;
      this.privateKey = privateKey;
      context =
          SslContextBuilder.forServer(
                  new ByteArrayInputStream(certificates), new ByteArrayInputStream(privateKey))
              .protocols("TLSv1.3", "TLSv1.2")
              .build();
    }
  }

  /**
   * Loads the files.
   *
   * @throws IllegalArgumentException with one sentence, when they can't be used
   */
  AdminTls(TlsSettings settings) {
    this.settings = settings;
    try {
      current = load();
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the admin address's certificate "
              + settings.certificates()
              + " with the key "
              + settings.privateKey()
              + " can't be used (expected: readable PEM files that belong together, the key as"
              + " PKCS #8 without a password)",
          e);
    }
  }

  private Loaded load() throws IOException {
    return new Loaded(
        Files.readAllBytes(settings.certificates()), Files.readAllBytes(settings.privateKey()));
  }

  /** The TLS handler of a new connection. */
  SslHandler newHandler(ByteBufAllocator allocator) {
    long now = System.nanoTime();
    if (now - checkedAtNanos >= TimeUnit.MILLISECONDS.toNanos(settings.reloadIntervalMillis())) {
      checkedAtNanos = now;
      reload();
    }
    return current.context.newHandler(allocator);
  }

  private void reload() {
    try {
      if (!Arrays.equals(current.certificates, Files.readAllBytes(settings.certificates()))
          || !Arrays.equals(current.privateKey, Files.readAllBytes(settings.privateKey()))) {
        current = load();
        LOG.info("the certificate {} has been loaded anew", settings.certificates());
      }
    } catch (IOException | RuntimeException e) {
      errors.warn(
          "the certificate "
              + settings.certificates()
              + " has changed and can't be used, the one before goes on: "
              + e.getMessage());
    }
  }
}
