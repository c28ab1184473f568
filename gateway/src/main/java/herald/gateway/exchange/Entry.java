package herald.gateway.exchange;

import herald.gateway.device.Device;
import org.jspecify.annotations.Nullable;

/** One statement about the positions of an instance. Numbers are those of its connections. */
sealed interface Entry {
  /** What is told of a connection. */
  enum State {
    /** It is open, and its client has confirmed as far as all healthy ones have. */
    HEALTHY(1),
    /** It is open, and its client has confirmed up to a mark. */
    LAGGING(2),
    /** It has ended, and its client had confirmed up to a mark. */
    ENDED(3);

    private final int code;

    State(int code) {
      this.code = code;
    }

    /** As it is in a message. */
    int code() {
      return code;
    }
  }

  /** All healthy connections have confirmed up to this mark. */
  record Live(Mark mark) implements Entry {}

  /**
   * A connection that has begun, or of which the receiver may not know.
   *
   * @param instance where the connection is or was
   * @param mark null if it is healthy
   * @param agoMillis when it has ended, before the message was written
   */
  record Put(
      long instance,
      long number,
      int userId,
      Device device,
      State state,
      @Nullable Mark mark,
      long agoMillis)
      implements Entry {}

  /**
   * A connection of the sender whose state has changed.
   *
   * @param mark null if it is healthy
   * @param agoMillis when it has ended, before the message was written
   */
  record Moved(long number, State state, @Nullable Mark mark, long agoMillis) implements Entry {}

  /**
   * The sender knows positions of a third instance: in a snapshot, and again when it has told all
   * of them.
   *
   * @param doubt what came later at that instance may be unknown; null if all is known
   * @param agoMillis when the sender has heard it last, before the message was written
   */
  record Knows(long instance, @Nullable Mark doubt, long agoMillis) implements Entry {}

  /** The position of a connection that had ended has been retired. */
  record Retired(long instance, long number) implements Entry {}
}
