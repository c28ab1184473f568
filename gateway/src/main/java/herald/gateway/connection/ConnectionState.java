package herald.gateway.connection;

/** What a connection is doing, from the 101 to its end; each state names those that may follow. */
enum ConnectionState {
  /** Events are written as they come. */
  OPEN,
  /** The connection is to end: the events that wait for the client are written first. */
  DRAINING,
  /** Everything has been written; the client's confirmation of it is awaited. */
  CONFIRMING,
  /** A close frame has been sent; the client's answer to it is awaited. */
  CLOSING,
  /** The socket is closed. */
  CLOSED;

  boolean mayBecome(ConnectionState next) {
    return switch (this) {
      case OPEN -> next == DRAINING || next == CLOSING || next == CLOSED;
      case DRAINING -> next == CONFIRMING || next == CLOSING || next == CLOSED;
      case CONFIRMING -> next == CLOSING || next == CLOSED;
      case CLOSING -> next == CLOSED;
      case CLOSED -> false;
    };
  }

  /** Whether events are written. */
  boolean writesEvents() {
    return this == OPEN || this == DRAINING;
  }

  /** Whether control frames may still be written: none follows a close frame. */
  boolean writesFrames() {
    return writesEvents() || this == CONFIRMING;
  }
}
