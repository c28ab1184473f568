package herald.gateway.stream;

import herald.gateway.exchange.Mark;
import herald.gateway.exchange.PositionExchange;
import herald.gateway.feed.FeedMark;
import java.io.IOException;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the exchange where the stream's marks stand in the event log: all instances find a mark at
 * the same place among the events. Reader's thread.
 */
final class StreamPlaces {
  private static final int SEED = 31;

  private final StreamBus bus;
  private final LongSupplier tail;
  private @Nullable PositionExchange exchange;
  private long streamId;

  /**
   * @param tail the end of the event log
   */
  StreamPlaces(StreamBus bus, LongSupplier tail) {
    this.bus = bus;
    this.tail = tail;
  }

  /** The exchange that hears of marks and of other instances; before the start. */
  void connect(PositionExchange positions) {
    exchange = positions;
  }

  /**
   * The stream is read from now on.
   *
   * @param madeAt when the stream was made: one that is made anew is another, whose sequences mean
   *     something else
   */
  void onOpened(Instant madeAt) throws IOException, InterruptedException {
    streamId =
        (madeAt.getEpochSecond() * 1_000_000_000L + madeAt.getNano()) * SEED & Long.MAX_VALUE;
    if (exchange != null) {
      bus.listen(exchange::onMessage);
      exchange.onListening();
    }
  }

  /** All that stands before this mark is in the event log, and nothing behind it. */
  void onMark(long sequence, FeedMark mark) {
    if (exchange != null) {
      exchange.onStreamMark(
          new Mark(
              streamId,
              sequence,
              mark.point().clockMicros(),
              mark.provedXmin(),
              mark.point().cluster().hashCode()),
          tail.getAsLong());
    }
  }
}
