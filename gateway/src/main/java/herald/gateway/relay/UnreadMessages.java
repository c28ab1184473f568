package herald.gateway.relay;

import java.util.ArrayDeque;

/**
 * Messages that the engine has acknowledged to this relay, and that have not been read in the
 * stream yet. One that has another message in its place, or is passed by, has been lost by the
 * engine. Not thread-safe: the queue guards it.
 */
final class UnreadMessages {
  private final ArrayDeque<Long> sequences = new ArrayDeque<>();
  private long readUntil;

  /** The engine has acknowledged a message, which may have been read already. */
  void onStored(long sequence) {
    if (sequence > readUntil) {
      sequences.add(sequence);
    }
  }

  /**
   * A message has been read.
   *
   * @param isOwn whether this relay has published it
   * @return whether it shows that one has been lost
   */
  boolean onRead(long sequence, boolean isOwn) {
    readUntil = sequence;
    boolean isLost = false;
    while (!sequences.isEmpty() && sequences.element() <= sequence) {
      isLost |= sequences.remove() < sequence || !isOwn;
    }
    return isLost;
  }

  /** Whether one of them would stand behind this end of the stream. */
  boolean isBeyond(long end) {
    return !sequences.isEmpty() && sequences.getLast() > end;
  }

  /** Messages of the stream are passed over, whatever they are. */
  void forget() {
    sequences.clear();
  }

  /** The stream is read from its start. */
  void beginAgain() {
    sequences.clear();
    readUntil = 0;
  }
}
