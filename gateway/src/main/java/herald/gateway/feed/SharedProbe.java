package herald.gateway.feed;

import herald.gateway.exchange.Mark;
import org.jspecify.annotations.Nullable;

/**
 * A probe on the channel that all instances hear, where it is a mark to the others.
 *
 * @param instance whose listener has sent it
 */
record SharedProbe(long instance, FeedPoint point) {
  private static final String KIND = "p ";
  private static final int HEX = 16;

  /** The mark; its transaction id, which may not survive a crash of the server, is left out. */
  Mark mark() {
    return new Mark(
        instance, point.probeNumber(), point.clockMicros(), 0, point.cluster().hashCode());
  }

  /** What stands before the point in the text of a probe of this instance. */
  static String prefix(long instance) {
    return KIND + Long.toUnsignedString(instance, HEX) + " ";
  }

  /**
   * Reads a probe; null if the text is of another kind.
   *
   * @throws IllegalArgumentException if the text is of this kind and of another form
   */
  static @Nullable SharedProbe parse(String text) {
    if (!text.startsWith(KIND)) {
      return null;
    }
    int end = text.indexOf(' ', KIND.length());
    return new SharedProbe(
        Long.parseUnsignedLong(text, KIND.length(), Math.max(end, KIND.length()), HEX),
        FeedPoint.parse(text.substring(end + 1)));
  }
}
