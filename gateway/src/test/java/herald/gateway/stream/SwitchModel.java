package herald.gateway.stream;

import herald.gateway.database.ServerIdentity;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.RowOrder;
import herald.gateway.feed.FeedMark;
import herald.gateway.feed.FeedPoint;
import herald.gateway.metrics.Meters;
import herald.protocol.EncodedEvent;
import herald.protocol.EventId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A switch with an event log that remembers what comes. An event is a number, which is also its
 * transaction; a gap is -1. The clocks stand unless a test moves them.
 */
final class SwitchModel {
  private static final long SIGNED_SECONDS = 1_000;

  static final int GAP = -1;
  static final long TIMEOUT_MILLIS = 3_000;
  private static final long SPAN_MILLIS = 60_000;

  final List<Integer> log = new ArrayList<>();
  final Meters meters = new Meters(new SimpleMeterRegistry());
  long nowSeconds = 1_000;

  final SourceSwitch sources =
      new SourceSwitch(
          new EventLogAccess() {
            @Override
            public void publish(List<Event> events) {
              events.forEach(event -> log.add(event.row().xid() == 0 ? GAP : event.row().xid()));
            }

            @Override
            public void publishPast(List<Event> events, long appendedAtNanos) {
              publish(events);
            }

            @Override
            public void onBesideWithoutEvents(RowOrder row) {}

            @Override
            public void forEach(Consumer<Event> each) {}
          },
          SPAN_MILLIS,
          TIMEOUT_MILLIS,
          meters.stream(),
          () -> TimeUnit.SECONDS.toNanos(nowSeconds),
          () -> Instant.ofEpochSecond(nowSeconds));

  static List<Event> events(int... numbers) {
    return applied(SIGNED_SECONDS, numbers);
  }

  /** By such a clock; the time with which they were signed is the same for all. */
  static List<Event> applied(long seconds, int... numbers) {
    List<Event> events = new ArrayList<>();
    for (int number : numbers) {
      EncodedEvent encoded =
          EncodedEvent.of(
              new EventId(TimeUnit.SECONDS.toMicros(seconds), number, 0),
              new byte[9],
              new byte[9],
              new byte[0],
              7);
      events.add(
          new Event(
              encoded,
              Audience.of(1),
              TimeUnit.SECONDS.toMicros(SIGNED_SECONDS),
              new RowOrder(number, 0, 0, false)));
    }
    return events;
  }

  /** A mark behind all rows of transactions below this one. */
  static FeedMark mark(long xmin, long clockSeconds) {
    FeedPoint point = point(xmin, clockSeconds);
    return new FeedMark(point, point, point);
  }

  static FeedPoint point(long xmin, long clockSeconds) {
    return new FeedPoint(
        1,
        TimeUnit.SECONDS.toMicros(clockSeconds),
        xmin,
        1,
        1,
        new ServerIdentity(0, false, ""),
        "cluster/1");
  }

  void stream(int... numbers) {
    sources.publish(events(numbers));
  }

  boolean streamMark(long xmin) {
    return sources.onMark(mark(xmin, nowSeconds));
  }

  static void database(SourceSwitch.Begin begin, int... numbers) {
    begin.target().publish(events(numbers), () -> {});
  }

  void databaseMark(SourceSwitch.Begin begin, long xmin) {
    begin.target().onMark(mark(xmin, nowSeconds));
  }
}
