package herald.gateway.stream;

import java.io.IOException;

/** What {@link StreamReader} tells of the stream, all on its own thread. */
public interface StreamListener {
  /**
   * The stream is read from now on: at the start, and again after each loss of the engine. What
   * follows is without a gap behind what was told before, unless {@link #onMissing} says otherwise.
   *
   * @param end the sequence of the last message that was in the stream then; 0 if there was none
   */
  void onOpened(long end) throws IOException, InterruptedException;

  /**
   * The next message, in the order of the stream.
   *
   * @param sequence its number in the stream; of the last part, if it has come in parts; the
   *     messages of a batch have the same one
   * @param storedAtMicros when the engine has stored it, by its clock, microseconds since the epoch
   */
  void onMessage(long sequence, long storedAtMicros, StreamMessage message);

  /**
   * Messages that have not been read are not in the stream any more.
   *
   * @param reason what has happened, in a sentence
   */
  void onMissing(String reason);

  /**
   * The stream was made anew, and nothing of what was read stands there.
   *
   * @param reason what has happened, in a sentence
   */
  default void onMadeAnew(String reason) {
    onMissing(reason);
  }

  /**
   * The stream has lost messages at its end, some of which have been read or published from here,
   * and may have others in their place. Relays publish again what was lost. What follows begins
   * again: at the first message, or, for a reader that began at a time, shortly before the last
   * message that was read.
   *
   * @param reason what has happened, in a sentence
   */
  void onRewound(String reason);

  /** No more has come for now: what was told since the last time may be handled together. */
  default void onBatchEnd() {}

  /**
   * Parts of events do not go on, since another relay has interrupted them, which publishes the
   * events again.
   *
   * @param count how many sets of parts
   */
  default void onPartsDropped(long count) {}

  /** A message can't be read, and is left out. */
  void onUnreadable(long sequence);
}
