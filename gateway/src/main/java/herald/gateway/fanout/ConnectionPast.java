package herald.gateway.fanout;

import org.jspecify.annotations.Nullable;

/**
 * What a connection has to begin with, because of the time before it: a gap that its client is to
 * be told of, and what the database is to be asked for. Its event loop alone.
 */
public final class ConnectionPast {
  /** There is nothing; shared by all such connections, so nothing is ever written to it. */
  static final ConnectionPast NONE = new ConnectionPast(null, null);

  private @Nullable Gap gap;

  /** Null when there is none, and when all that the database had has been sent. */
  private @Nullable DatabaseReplay replay;

  /** How many events had been sent when the database's had; the most while they wait. */
  private long sentWithReplay;

  private ConnectionPast(@Nullable Gap gap, @Nullable DatabaseReplay replay) {
    this.gap = gap;
    this.replay = replay;
    sentWithReplay = replay == null ? 0 : Long.MAX_VALUE;
  }

  static ConnectionPast of(@Nullable Gap gap, @Nullable DatabaseReplay replay) {
    DatabaseReplay awaited = replay != null && replay.isAwaited() ? replay : null;
    return gap == null && awaited == null ? NONE : new ConnectionPast(gap, awaited);
  }

  /**
   * What the user missed for good before this connection began, once; null if nothing or already
   * taken.
   */
  public @Nullable Gap takeGap() {
    Gap taken = gap;
    if (taken != null) {
      gap = null;
    }
    return taken;
  }

  /**
   * What the database is to be asked for before anything is sent, if memory does not reach back to
   * where the client was; once, else null.
   */
  public @Nullable ReplayRequest takeReplayRequest() {
    return replay == null ? null : replay.takeRequest();
  }

  /** Whether the database has still to say what comes first. */
  public boolean awaitsReplay() {
    return replay != null && replay.isAwaited();
  }

  /**
   * The database has answered.
   *
   * @param sent how many events have been sent
   */
  void onReplay(Replay answer, long sent) {
    if (replay != null) {
      replay.answered(answer);
      onSent(sent);
    } else {
      answer.release();
    }
  }

  /** The connection has ended. */
  public void stop() {
    if (replay != null) {
      replay.release();
    }
  }

  /** So many events have been sent now. */
  void onSent(long sent) {
    if (replay != null && replay.isSent()) {
      replay = null;
      sentWithReplay = sent;
    }
  }

  /**
   * Whether a client that has confirmed its first {@code sent} events has confirmed all that the
   * database had for it.
   */
  boolean isWithin(long sent) {
    return sent >= sentWithReplay;
  }
}
