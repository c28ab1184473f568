package herald.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Files that are read again while the gateway runs, and until when their certificates are valid.
 */
public final class ReloadMeters {
  private final Map<Files, Reloads> reloads = new EnumMap<>(Files.class);

  /** What is read again. */
  public enum Files {
    /** Certificate and key of the clients' address. */
    TLS,
    /** Certificate, key and authorities of the admin address. */
    ADMIN_TLS,
    /** The token of the admin address. */
    ADMIN_TOKEN,
    /** Certificate and key that the database on which is listened gets to see. */
    DATABASE_TLS,
    /** The same for the database that is read. */
    READ_DATABASE_TLS
  }

  ReloadMeters(MeterFactory factory) {
    for (Files files : Files.values()) {
      reloads.put(files, new Reloads(factory, files));
    }
  }

  /** Those of some files. */
  public Reloads of(Files files) {
    return Objects.requireNonNull(reloads.get(files));
  }

  /** How it goes with some files. Any thread. */
  public static final class Reloads {
    private final Counter failures;
    private volatile boolean isLastSuccessful = true;
    private volatile double expiresEpochSeconds = Double.NaN;

    private Reloads(MeterFactory factory, Files files) {
      Tags labels = Tags.of("files", MeterFactory.label(files));
      failures =
          factory.counter(
              "herald.reload.failures",
              "Times that files which are read again could not be used.",
              labels);
      factory.gauge(
          "herald.reload.last.successful",
          "1 while the files could be used when they were last read, or are not asked for, else 0.",
          "",
          labels,
          () -> isLastSuccessful ? 1 : 0);
      if (files != Files.ADMIN_TOKEN) {
        factory.gauge(
            "herald.certificate.expiration.timestamp.seconds",
            "When the first certificate of the chain that is shown will expire, in seconds since"
                + " 1970; NaN if none is shown.",
            MeterFactory.SECONDS,
            labels,
            () -> expiresEpochSeconds);
      }
    }

    /** The files have been read. */
    public void onRead(boolean isUsable) {
      isLastSuccessful = isUsable;
      if (!isUsable) {
        failures.increment();
      }
    }

    /** A certificate chain is in use from now on, and valid until then. */
    public void onCertificate(Instant expires) {
      expiresEpochSeconds = expires.getEpochSecond();
    }
  }
}
