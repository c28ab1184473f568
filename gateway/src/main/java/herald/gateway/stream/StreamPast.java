package herald.gateway.stream;

import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.Event;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What was in the stream at the start: it goes into the event log with the times at which the
 * engine has stored it, so that the log reaches as far back as one that has been here all the time.
 * Reader's thread.
 */
final class StreamPast {
  private final long horizonMillis;
  private final Dispatcher dispatcher;
  private final StreamOutput output;
  private final LongSupplier nanoClock;
  private final InstantSource clock;
  private boolean hasBegun;

  /** Up to where the log reaches, on the clock of {@code System.nanoTime}. */
  private long pastNanos;

  /**
   * @param horizonMillis how far back the log keeps
   * @param dispatcher is told where the log begins
   * @param output takes the events
   */
  StreamPast(
      long horizonMillis,
      Dispatcher dispatcher,
      StreamOutput output,
      LongSupplier nanoClock,
      InstantSource clock) {
    this.horizonMillis = horizonMillis;
    this.dispatcher = dispatcher;
    this.output = output;
    this.nanoClock = nanoClock;
    this.clock = clock;
  }

  /** Whether it is known where the log begins. */
  boolean hasBegun() {
    return hasBegun;
  }

  /** The log covers what is in the stream, and no more than it keeps. */
  void begin(Instant coveredSince) {
    hasBegun = true;
    long nowNanos = nanoClock.getAsLong();
    long ageMillis = Math.max(0, coveredSince.until(clock.instant(), ChronoUnit.MILLIS));
    long coveredMillis = Math.min(ageMillis, horizonMillis);
    pastNanos = nowNanos - TimeUnit.MILLISECONDS.toNanos(coveredMillis);
    dispatcher.beginAt(pastNanos);
  }

  /**
   * Publishes events of the past, behind those that were published before.
   *
   * @param agoMicros how long ago the first of them was stored
   */
  void publish(List<Event> events, long agoMicros) {
    long nowNanos = nanoClock.getAsLong();
    long agoNanos = TimeUnit.MICROSECONDS.toNanos(agoMicros);
    // The engine's clock may be ahead of this one, or go backwards.
    pastNanos = Math.max(pastNanos, nowNanos - Math.max(0, agoNanos));
    output.publishPast(events, pastNanos);
  }
}
