package herald.gateway.config;

import herald.protocol.RecoveryProvider;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Bounds of the time between accept and the answer 101.
 *
 * @param deadline from accept to the 101; a socket that has not upgraded by then is closed
 * @param maxRequestLine longest request line, and so longest URL
 * @param maxHeader size of all header lines together
 * @param maxHeaderCount how many header lines
 * @param signatureLife how far the signed timestamp may be from now, in either direction
 * @param singleUse how many signed requests are remembered, none of which may be used again within
 *     its life; 0 lets them be used again
 * @param deviceCookie the name of the cookie by which a device is known again; empty if none is set
 * @param refuseWithClose whether a refused client is answered by a WebSocket that is closed at once
 * @param recoveryProvider which implementation recovers wallets
 * @param recoveryThreads threads that recover wallets
 * @param maxWaitingRecoveries signatures that may wait for such a thread; one more is refused
 */
public record HandshakeSettings(
    Duration deadline,
    ByteSize maxRequestLine,
    ByteSize maxHeader,
    int maxHeaderCount,
    Duration signatureLife,
    int singleUse,
    String deviceCookie,
    boolean refuseWithClose,
    RecoveryProvider recoveryProvider,
    int recoveryThreads,
    int maxWaitingRecoveries) {

  /** RFC 6265, section 4.1.1: a token. */
  private static final Pattern COOKIE_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{0,64}");

  /** Refuses values that make no sense. */
  public HandshakeSettings {
    Require.timeout("handshake deadline", deadline, Duration.ofSeconds(1));
    Require.buffer("max request line", maxRequestLine, 512);
    Require.buffer("max headers", maxHeader, 1_024);
    Require.atLeast("max header count", maxHeaderCount, 8, "");
    Require.age("signature life", signatureLife, Duration.ofSeconds(1));
    Require.atLeast("single use", singleUse, 0, "");
    if (!COOKIE_NAME.matcher(deviceCookie).matches()) {
      throw new IllegalArgumentException(
          "the device cookie is called '"
              + deviceCookie
              + "' (expected: up to 64 letters, digits and -_.!#$%&'*+^`|~, or off)");
    }
    Require.atLeast("recovery threads", recoveryThreads, 1, "");
    Require.atLeast("max waiting recoveries", maxWaitingRecoveries, 1, "");
  }

  /** The defaults, which are also those of the command line. */
  public static HandshakeSettings defaults() {
    return builder().build();
  }

  /** A builder that begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** In milliseconds. */
  public int deadlineMillis() {
    return (int) deadline.toMillis();
  }

  /** In bytes. */
  public int maxRequestLineBytes() {
    return (int) maxRequestLine.bytes();
  }

  /** In bytes. */
  public int maxHeaderBytes() {
    return (int) maxHeader.bytes();
  }

  /** In milliseconds. */
  public long signatureLifeMillis() {
    return signatureLife.toMillis();
  }

  /** Puts settings together. Each method sets the value of its own name. */
  public static final class Builder {
    private Duration deadline = Duration.ofSeconds(10);
    private ByteSize maxRequestLine = ByteSize.ofKibibytes(4);
    private ByteSize maxHeader = ByteSize.ofKibibytes(16);
    private int maxHeaderCount = 100;
    private Duration signatureLife = Duration.ofHours(12);
    private int singleUse = 0;
    private String deviceCookie = "herald_device";
    private boolean refuseWithClose;
    private RecoveryProvider recoveryProvider = RecoveryProvider.AUTO;
    private int recoveryThreads = Runtime.getRuntime().availableProcessors();
    private int maxWaitingRecoveries = 4_096;

    private Builder() {}

    public Builder deadline(Duration value) {
      deadline = value;
      return this;
    }

    public Builder maxRequestLine(ByteSize value) {
      maxRequestLine = value;
      return this;
    }

    public Builder maxHeader(ByteSize value) {
      maxHeader = value;
      return this;
    }

    public Builder maxHeaderCount(int value) {
      maxHeaderCount = value;
      return this;
    }

    public Builder signatureLife(Duration value) {
      signatureLife = value;
      return this;
    }

    public Builder singleUse(int value) {
      singleUse = value;
      return this;
    }

    public Builder deviceCookie(String value) {
      deviceCookie = value;
      return this;
    }

    public Builder refuseWithClose(boolean value) {
      refuseWithClose = value;
      return this;
    }

    public Builder recoveryProvider(RecoveryProvider value) {
      recoveryProvider = value;
      return this;
    }

    public Builder recoveryThreads(int value) {
      recoveryThreads = value;
      return this;
    }

    public Builder maxWaitingRecoveries(int value) {
      maxWaitingRecoveries = value;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException with one sentence when a value makes no sense
     */
    public HandshakeSettings build() {
      return new HandshakeSettings(
          deadline,
          maxRequestLine,
          maxHeader,
          maxHeaderCount,
          signatureLife,
          singleUse,
          deviceCookie,
          refuseWithClose,
          recoveryProvider,
          recoveryThreads,
          maxWaitingRecoveries);
    }
  }
}
