package herald.gateway.config;

import java.time.Duration;

/**
 * What one open connection may use and how long it may be silent.
 *
 * @param maxConnections how many connections may be open at once on this instance
 * @param pingInterval a connection to which no ping was sent for this long gets one
 * @param idleTimeout a connection from which nothing came for this long counts as dead
 * @param acknowledgeInterval events are followed by a ping this often per connection, or up to a
 *     quarter sooner
 * @param writeDeadline a connection for which bytes wait, and whose client takes none of them for
 *     this long, is evicted
 * @param slowClientTimeout a connection that stays above the high watermark for this long is
 *     evicted, though its client takes bytes; 0 lets it take as long as it needs
 * @param highWatermark pending bytes above which a connection counts as unwritable
 * @param lowWatermark pending bytes below which it counts as writable again
 * @param sendBuffer what the kernel may hold for one client, SO_SNDBUF (socket(7)), which the
 *     kernel doubles: a bound shows early that a client is slow, and limits what it costs outside
 *     this process. 0 leaves it to the kernel
 * @param maxMessage largest inbound message; a larger one closes the connection with 1009
 * @param closeTimeout how long a peer may take to answer a close frame
 */
public record ConnectionSettings(
    int maxConnections,
    Duration pingInterval,
    Duration idleTimeout,
    Duration acknowledgeInterval,
    Duration writeDeadline,
    Duration slowClientTimeout,
    ByteSize highWatermark,
    ByteSize lowWatermark,
    ByteSize sendBuffer,
    ByteSize maxMessage,
    Duration closeTimeout) {
  /** RFC 6455, section 5.5: a control frame may carry this much. */
  private static final int LONGEST_CONTROL_PAYLOAD_BYTES = 125;

  /** Refuses values that make no sense. */
  public ConnectionSettings {
    Require.atLeast("max connections", maxConnections, 1, "");
    Require.timeout("ping interval", pingInterval, Duration.ofSeconds(1));
    Require.timeout("idle timeout", idleTimeout, Duration.ZERO);
    Require.longer("idle timeout", idleTimeout, "ping interval", pingInterval);
    Require.timeout("acknowledge interval", acknowledgeInterval, Duration.ofMillis(100));
    Require.timeout("write deadline", writeDeadline, Duration.ofSeconds(1));
    Require.timeout("slow client timeout", slowClientTimeout, Duration.ZERO);
    Require.buffer("low watermark", lowWatermark, 1);
    Require.buffer("high watermark", highWatermark, 1);
    Require.greater(
        "high watermark", highWatermark.bytes(), "low watermark", lowWatermark.bytes(), "bytes");
    Require.buffer("send buffer", sendBuffer, 0);
    Require.buffer("max message", maxMessage, LONGEST_CONTROL_PAYLOAD_BYTES);
    Require.timeout("close timeout", closeTimeout, Duration.ofMillis(100));
  }

  /** The defaults, which are also those of the command line. */
  public static ConnectionSettings defaults() {
    return builder().build();
  }

  /** A builder that begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** In milliseconds. */
  public int pingIntervalMillis() {
    return (int) pingInterval.toMillis();
  }

  /** In milliseconds. */
  public int idleTimeoutMillis() {
    return (int) idleTimeout.toMillis();
  }

  /** In milliseconds. */
  public int acknowledgeIntervalMillis() {
    return (int) acknowledgeInterval.toMillis();
  }

  /** In milliseconds. */
  public int writeDeadlineMillis() {
    return (int) writeDeadline.toMillis();
  }

  /** In milliseconds. */
  public int slowClientTimeoutMillis() {
    return (int) slowClientTimeout.toMillis();
  }

  /** In bytes. */
  public int highWatermarkBytes() {
    return (int) highWatermark.bytes();
  }

  /** In bytes. */
  public int lowWatermarkBytes() {
    return (int) lowWatermark.bytes();
  }

  /** In bytes. */
  public int sendBufferBytes() {
    return (int) sendBuffer.bytes();
  }

  /** In bytes. */
  public int maxMessageBytes() {
    return (int) maxMessage.bytes();
  }

  /** In milliseconds. */
  public int closeTimeoutMillis() {
    return (int) closeTimeout.toMillis();
  }

  /** Puts settings together. Each method sets the value of its own name. */
  public static final class Builder {
    private int maxConnections = 100_000;
    private Duration pingInterval = Duration.ofSeconds(30);
    private Duration idleTimeout = Duration.ofSeconds(60);
    private Duration acknowledgeInterval = Duration.ofSeconds(8);
    private Duration writeDeadline = Duration.ofSeconds(10);
    private Duration slowClientTimeout = Duration.ofMinutes(10);
    private ByteSize highWatermark = ByteSize.ofKibibytes(64);
    private ByteSize lowWatermark = ByteSize.ofKibibytes(32);
    private ByteSize sendBuffer = ByteSize.ofKibibytes(128);
    private ByteSize maxMessage = ByteSize.ofMebibytes(1);
    private Duration closeTimeout = Duration.ofSeconds(5);

    private Builder() {}

    public Builder maxConnections(int value) {
      maxConnections = value;
      return this;
    }

    public Builder pingInterval(Duration value) {
      pingInterval = value;
      return this;
    }

    public Builder idleTimeout(Duration value) {
      idleTimeout = value;
      return this;
    }

    public Builder acknowledgeInterval(Duration value) {
      acknowledgeInterval = value;
      return this;
    }

    public Builder writeDeadline(Duration value) {
      writeDeadline = value;
      return this;
    }

    public Builder slowClientTimeout(Duration value) {
      slowClientTimeout = value;
      return this;
    }

    public Builder highWatermark(ByteSize value) {
      highWatermark = value;
      return this;
    }

    public Builder lowWatermark(ByteSize value) {
      lowWatermark = value;
      return this;
    }

    public Builder sendBuffer(ByteSize value) {
      sendBuffer = value;
      return this;
    }

    public Builder maxMessage(ByteSize value) {
      maxMessage = value;
      return this;
    }

    public Builder closeTimeout(Duration value) {
      closeTimeout = value;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException with one sentence when a value makes no sense
     */
    public ConnectionSettings build() {
      return new ConnectionSettings(
          maxConnections,
          pingInterval,
          idleTimeout,
          acknowledgeInterval,
          writeDeadline,
          slowClientTimeout,
          highWatermark,
          lowWatermark,
          sendBuffer,
          maxMessage,
          closeTimeout);
    }
  }
}
