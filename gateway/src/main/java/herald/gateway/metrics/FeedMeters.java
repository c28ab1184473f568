package herald.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** What is heard from PostgreSQL and read there. */
public final class FeedMeters {
  private final MeterFactory factory;
  private final Counter notifications;
  private final Counter repeated;
  private final Counter rows;
  private final Counter direct;
  private final Timer queryTime;
  private final Counter catchUps;
  private final Counter catchUpRows;
  private final Counter listenerConnects;
  private final Counter listenerLosses;
  private final Counter errors;
  private final Counter unannounced;
  private final Counter sweeps;
  private final Counter replicaFailures;
  private final Counter gapBehindBlasts;
  private final Timer probeRoundTrip;

  FeedMeters(MeterFactory factory) {
    this.factory = factory;
    notifications =
        factory.counter("herald.feed.notifications", "Notifications of rpc logs received.");
    repeated =
        factory.counter(
            "herald.feed.repeated", "Signatures seen before and therefore not pushed again.");
    rows = factory.counter("herald.feed.rows", "Rpc logs read from the database.");
    direct =
        factory.counter(
            "herald.feed.direct.rows",
            "Those of them that were read and published on the thread that heard of them, without"
                + " the fetch thread.");
    queryTime =
        factory.timer(
            "herald.feed.query.time",
            "One fetch of the rpc logs that waited, or of a part of them.");
    catchUps =
        factory.counter(
            "herald.feed.catchups",
            "Times the table was read because notifications may have been missed.");
    catchUpRows =
        factory.counter(
            "herald.feed.catchup.rows", "Rpc logs found by a catch-up and not by notification.");
    listenerConnects =
        factory.counter("herald.listener.connects", "Times the listener got its connection.");
    listenerLosses =
        factory.counter(
            "herald.listener.losses",
            "Times the listener lost its connection; tries that fail until it is back are none.");
    errors =
        factory.counter("herald.feed.errors", "Queries of the feed that failed and were repeated.");
    unannounced =
        factory.counter(
            "herald.feed.unannounced",
            "Rpc logs that no notification announced and a sweep of the table found.");
    sweeps =
        factory.counter(
            "herald.feed.sweeps",
            "Times the table was searched for rpc logs that no notification announced.");
    replicaFailures =
        factory.counter(
            "herald.replica.failures",
            "Reads that failed on the replica, for which the primary was asked.");
    gapBehindBlasts =
        factory.counter(
            "herald.feed.gaps.behind.blasts",
            "Gaps pushed in the place of events because too many blasts were to be pushed before.");
    probeRoundTrip =
        factory.timer("herald.probe.round.trip", "From a probe's pg_notify to its notification.");
  }

  /** Declares the gauges of the listener; ready is 1 or 0. */
  public <E extends Enum<E>> void listener(
      DoubleSupplier ready, DoubleSupplier waiting, Class<E> states, Supplier<E> state) {
    factory.gauge(
        "herald.listener.ready",
        "1 while the listener has proved itself and nothing missed is still to be read, else 0.",
        ready);
    factory.gauge("herald.feed.waiting", "Signatures that wait to be fetched.", waiting);
    for (E value : states.getEnumConstants()) {
      factory.gauge(
          "herald.listener.state",
          "1 for the state in which the listener is, 0 for the others.",
          "",
          Tags.of("state", MeterFactory.label(value)),
          () -> state.get() == value ? 1 : 0);
    }
  }

  /** Declares the gauge of PostgreSQL's own queue. */
  public void notificationQueue(DoubleSupplier usedRatio) {
    factory.gauge(
        "herald.postgresql.notification.queue.ratio",
        "How full PostgreSQL's queue of notifications is, 0 to 1, as"
            + " pg_notification_queue_usage() says; NaN while it can't be asked.",
        usedRatio);
  }

  /** Declares the gauges of the blasts that are not published yet and of what waits for them. */
  public void behindBlasts(DoubleSupplier rows, DoubleSupplier bytes) {
    factory.gauge(
        "herald.feed.behind.blasts",
        "Blasts that are being expanded, and rpc logs that wait until they are published.",
        rows);
    factory.gauge(
        "herald.feed.behind.blasts.bytes",
        "About what these blasts and rpc logs take in memory.",
        bytes);
  }

  /** Counts a gap in the place of an event that should follow too many blasts. */
  public void gapBehindBlasts() {
    gapBehindBlasts.increment();
  }

  /** Declares the gauge of replays that wait for a thread. */
  public void replaysWaiting(DoubleSupplier waiting) {
    factory.gauge(
        "herald.replays.waiting", "Replays from the database that wait for a thread.", waiting);
  }

  /** What became of replays that the database was to be asked for. */
  public <O extends Enum<O>> EnumCounter<O> databaseReplays(Class<O> outcomes) {
    return factory.counters(
        "herald.database.replays",
        "Replays from the database, by what became of them: all but read and abandoned, whose"
            + " connection ended before, are answered with a gap.",
        Tags.empty(),
        "outcome",
        outcomes);
  }

  /** What became of rpc logs, for each method. */
  public <M extends Enum<M>, O extends Enum<O>> Map<M, EnumCounter<O>> rpcLogs(
      Class<M> methods, Class<O> outcomes) {
    Map<M, EnumCounter<O>> counters = new EnumMap<>(methods);
    for (M method : methods.getEnumConstants()) {
      counters.put(
          method,
          factory.counters(
              "herald.rpc.logs",
              "Rpc logs handled, by method and by what became of them.",
              Tags.of("method", MeterFactory.label(method)),
              "outcome",
              outcomes));
    }
    return counters;
  }

  /** Events made from rpc logs. */
  public <E extends Enum<E>> EnumCounter<E> events(Class<E> methods) {
    return factory.counters(
        "herald.events",
        "Events published to the event log, by the method of their rpc log.",
        Tags.empty(),
        "method",
        methods);
  }

  /** Counts a notification of an rpc log. */
  public void notificationReceived() {
    notifications.increment();
  }

  /** Counts a signature that was seen before. */
  public void notificationRepeated() {
    repeated.increment();
  }

  /** Counts the rows of one fetch and its time. */
  public void fetched(int count, long nanos) {
    rows.increment(count);
    queryTime.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** The same on the thread that has heard of them. */
  public void fetchedDirectly(int count, long nanos) {
    fetched(count, nanos);
    direct.increment(count);
  }

  /** Counts a catch-up and the rows that only it found. */
  public void caughtUp(int count) {
    catchUps.increment();
    catchUpRows.increment(count);
  }

  /** Counts a rpc log that no notification announced. */
  public void unannounced() {
    unannounced.increment();
  }

  /** Counts a search for such rpc logs. */
  public void swept() {
    sweeps.increment();
  }

  /** Counts a read that failed on the replica. */
  public void replicaFailed() {
    replicaFailures.increment();
  }

  /** Declares the gauges of what waits and of what is wrong; a problem is 1 or 0. */
  public void waiting(DoubleSupplier oldestSeconds, DoubleSupplier problem) {
    factory.gauge(
        "herald.feed.oldest.waiting.seconds",
        "For how long the oldest rpc log that was announced has waited to be published.",
        oldestSeconds);
    factory.gauge(
        "herald.database.problem",
        "1 while the trigger, the tables or the primary's answers are not as Herald needs them,"
            + " else 0; /readyz says what is wrong.",
        problem);
  }

  /** Counts a listener that got its connection. */
  public void listenerConnected() {
    listenerConnects.increment();
  }

  /** Counts a listener that lost its connection. */
  public void listenerLost() {
    listenerLosses.increment();
  }

  /** Counts a query of the feed that failed. */
  public void failed() {
    errors.increment();
  }

  /** Records a probe's round trip. */
  public void probed(long nanos) {
    probeRoundTrip.record(nanos, TimeUnit.NANOSECONDS);
  }
}
