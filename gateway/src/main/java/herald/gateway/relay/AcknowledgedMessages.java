package herald.gateway.relay;

import java.util.ArrayDeque;

/**
 * What the engine has acknowledged to this relay: the end of the stream that follows from it, and
 * the messages that have not been read in the stream yet. One of those that has another message in
 * its place, or is passed by, has been lost by the engine. Not thread-safe: the queue guards it.
 */
final class AcknowledgedMessages {
  private final ArrayDeque<Long> unread = new ArrayDeque<>();
  private long readUntil;

  /** The sequence of the last one, or of its last part; 0 if none is known. */
  private long last;

  /** The engine has acknowledged a part of a message. */
  void onPartStored(long sequence) {
    last = sequence;
  }

  /** The engine has acknowledged a message, which may have been read already. */
  void onStored(long sequence) {
    last = sequence;
    if (sequence > readUntil) {
      unread.add(sequence);
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
    while (!unread.isEmpty() && unread.element() <= sequence) {
      isLost |= unread.remove() < sequence || !isOwn;
    }
    return isLost;
  }

  /** Whether one that has not been read would stand behind this end of the stream. */
  boolean isBeyond(long end) {
    return !unread.isEmpty() && unread.getLast() > end;
  }

  /** The sequence of the last one, or of its last part; 0 if none is known. */
  long last() {
    return last;
  }

  /** Messages of the stream are passed over, whatever they are. */
  void forget() {
    unread.clear();
    last = 0;
  }

  /** The stream is read from its start. */
  void beginAgain() {
    forget();
    readUntil = 0;
  }
}
