package herald.gateway.relay;

/** Writes into the stream. */
@FunctionalInterface
interface StreamPublishing {
  /** What became of a publication. */
  enum Answer {
    /** It stands in the stream. */
    STORED,
    /** It does not, since the stream has another end than was expected. */
    REFUSED,
    /** Nobody knows: the engine has not answered, or is not connected. */
    UNKNOWN
  }

  /**
   * What the engine says.
   *
   * @param sequence of the message, if it was stored
   */
  record Result(Answer answer, long sequence) {}

  /**
   * Publishes a message if the last one of the stream has a certain sequence. Waits for the answer,
   * for a bounded time.
   */
  Result publish(byte[] message, long expectedLastSequence) throws InterruptedException;

  /** Nothing waits that this relay has to publish. */
  default void onNothingToPublish() {}
}
