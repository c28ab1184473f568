package herald.gateway.connection;

import herald.gateway.auth.AuthOutcome;
import herald.gateway.device.DeviceCookie;
import herald.gateway.supervision.Place;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The authentication of one upgrade request. The outcome comes from whatever thread has found it;
 * this object carries it back to the event loop of the handshake, to {@link
 * HandshakeHandler#onAuthenticated}. The fields that are not final are written before the hand-over
 * to the event loop, and only read after it.
 */
final class PendingAuthentication implements Runnable {
  private final HandshakeHandler handshake;
  private final Executor eventLoop;
  private final UpgradeRequest request;
  private final DeviceCookie.Recognized recognized;
  private @Nullable AuthOutcome outcome;
  private @Nullable Throwable failure;
  private long decidedAtNanos;

  PendingAuthentication(
      HandshakeHandler handshake,
      Executor eventLoop,
      UpgradeRequest request,
      DeviceCookie.Recognized recognized) {
    this.recognized = recognized;
    this.handshake = handshake;
    this.eventLoop = eventLoop;
    this.request = request;
  }

  /** Takes the outcome, or the exception in its place. Any thread, once. */
  void onDecided(@Nullable AuthOutcome decided, @Nullable Throwable thrown) {
    decidedAtNanos = handshake.loop.nowNanos();
    outcome = decided;
    failure = thrown;
    eventLoop.execute(this);
  }

  /** Continues the handshake. Event loop. */
  @Override
  public void run() {
    handshake
        .loop
        .failures()
        .run(Place.AUTHENTICATION, handshake, each -> each.onAuthenticated(this));
  }

  UpgradeRequest request() {
    return request;
  }

  /** What the request says about its device. */
  DeviceCookie.Recognized recognized() {
    return recognized;
  }

  /** Null if there was an exception. */
  @Nullable AuthOutcome outcome() {
    return outcome;
  }

  @Nullable Throwable failure() {
    return failure;
  }

  long decidedAtNanos() {
    return decidedAtNanos;
  }
}
