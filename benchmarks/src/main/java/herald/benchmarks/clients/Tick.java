package herald.benchmarks.clients;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What one client process has seen since its last tick, as one line.
 *
 * @param open connections that are open now
 * @param connected handshakes that succeeded since the process began
 * @param failed handshakes that failed since the process began
 * @param lost connections that ended since the process began though nobody here ended them
 * @param events measured events since the last tick
 * @param pings pings answered since the last tick
 * @param latency nanoseconds from plan to frame of these events
 */
public record Tick(
    int open, int connected, int failed, int lost, long events, long pings, Histogram latency) {
  private static final long HIGHEST_NANOS = 3_600_000_000_000L;
  private static final int DIGITS = 3;

  /** An empty histogram of latencies: from a microsecond to an hour, three digits. */
  public static Histogram emptyHistogram() {
    return new Histogram(1_000, HIGHEST_NANOS, DIGITS);
  }

  String toLine() {
    String encoded = "-";
    if (latency.getTotalCount() > 0) {
      ByteBuffer buffer = ByteBuffer.allocate(latency.getNeededByteBufferCapacity());
      byte[] bytes = new byte[latency.encodeIntoCompressedByteBuffer(buffer)];
      buffer.get(0, bytes);
      encoded = Base64.getEncoder().encodeToString(bytes);
    }
    return "tick " + open + ' ' + connected + ' ' + failed + ' ' + lost + ' ' + events + ' ' + pings
        + ' ' + encoded;
  }

  /** Reads what {@link #toLine} wrote. */
  public static Tick fromLine(String line) {
    String[] words = line.split(" ", -1);
    Histogram histogram = emptyHistogram();
    if (!words[7].equals("-")) {
      try {
        byte[] bytes = Base64.getDecoder().decode(words[7]);
        histogram = Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 1_000);
      } catch (DataFormatException e) {
        throw new IllegalStateException("a client process sent an unreadable histogram", e);
      }
    }
    return new Tick(
        Integer.parseInt(words[1]),
        Integer.parseInt(words[2]),
        Integer.parseInt(words[3]),
        Integer.parseInt(words[4]),
        Long.parseLong(words[5]),
        Long.parseLong(words[6]),
        histogram);
  }
}
