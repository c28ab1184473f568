package herald.benchmarks.clients;

import io.netty.buffer.ByteBuf;

/**
 * The moment for which an event was planned, written into its text as {@code @<nanoseconds>@} on
 * the clock of {@link System#nanoTime}, which all processes of a Linux machine share. The clients
 * take it out of the frame, so latency counts from the plan and not from when a busy writer got
 * round to it.
 */
public final class Stamp {
  /** What {@link #find} gives for a message without a stamp. */
  public static final long NONE = Long.MIN_VALUE;

  private static final char MARK = '@';

  private Stamp() {}

  /** The text to put into a message. */
  public static String of(long nanos) {
    return MARK + Long.toString(nanos) + MARK;
  }

  /** Finds the first stamp between two indexes. */
  static long find(ByteBuf in, int begin, int end) {
    int at = in.indexOf(begin, end, (byte) MARK);
    if (at < 0) {
      return NONE;
    }
    long nanos = 0;
    for (int index = at + 1; index < end; index++) {
      int digit = in.getByte(index) - '0';
      if (digit < 0 || digit > 9) {
        return in.getByte(index) == MARK ? nanos : NONE;
      }
      nanos = nanos * 10 + digit;
    }
    return NONE;
  }
}
