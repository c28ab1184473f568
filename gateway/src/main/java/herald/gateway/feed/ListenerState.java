package herald.gateway.feed;

/** What the listener is doing; each state names those that may follow. */
enum ListenerState {
  CONNECTING,
  /** LISTEN has been said, but no notification has shown that it works. */
  UNPROVED,
  /** A probe has come round within its time. */
  PROVED,
  /** The connection is gone, or has to be taken for gone. */
  LOST,
  CLOSED;

  boolean mayBecome(ListenerState next) {
    return switch (this) {
      case CONNECTING -> next == UNPROVED || next == LOST || next == CLOSED;
      case UNPROVED -> next == PROVED || next == LOST || next == CLOSED;
      case PROVED -> next == LOST || next == CLOSED;
      case LOST -> next == CONNECTING || next == CLOSED;
      case CLOSED -> false;
    };
  }
}
