package herald.gateway.fanout;

import herald.gateway.device.Device;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.IsolatedFailures;
import herald.protocol.EncodedEvent;
import herald.protocol.EventId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A log and mailboxes under a clock that the test moves, and connections that read at once. */
final class EventsFixture {
  static final long RETENTION_NANOS = TimeUnit.MINUTES.toNanos(10);
  static final long REPLAY_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Of all connections; what it is given it does at once. */
  static final Executor LOOP = Runnable::run;

  private static final EncodedEvent ENCODED = encoded("any");

  private final Meters meters = new Meters(new SimpleMeterRegistry());
  final IsolatedFailures failures = new IsolatedFailures(meters.supervision(), () -> 0);
  final EventLog.Writer log;
  final MemoryFigures figures = new MemoryFigures();
  final PositionJournal journal = new PositionJournal(false);
  final Mailboxes mailboxes;
  final Batch batch;
  long nowNanos = 1_000;

  /** How far the wall clock is ahead of the other one; more, when the machine was suspended. */
  long wallAheadNanos;

  EventsFixture() {
    this(Long.MAX_VALUE, 1_000);
  }

  EventsFixture(long maxBytes, int maxRemembered) {
    log = new EventLog.Writer(RETENTION_NANOS, maxBytes);
    mailboxes =
        new Mailboxes(
            log,
            new MemoryLimits(RETENTION_NANOS, maxBytes, REPLAY_NANOS, maxRemembered),
            journal,
            figures,
            failures);
    CursorFailures cursorFailures = new CursorFailures(failures);
    batch =
        new Batch(
            loop -> new LoopCursors(loop, meters.push(), () -> nowNanos, cursorFailures),
            cursorFailures);
  }

  /** Of no sender, so that none has a share of a small log. */
  static EncodedEvent encoded(String name) {
    return NamedEvents.encoded(name, EncodedEvent.NO_SENDER);
  }

  static Event event(String name, Audience audience) {
    return new Event(encoded(name), audience, 0, RowOrder.committedAt(0));
  }

  /** An event that is known by its timestamp. */
  static Event relayedAt(long micros) {
    return new Event(ENCODED, Audience.of(1), micros, RowOrder.committedAt(0));
  }

  /** Appends and indexes one event; returns the cursors that were touched. */
  List<Cursor> publish(String name, Audience audience) {
    return publish(event(name, audience));
  }

  /** The same with a timestamp, microseconds since the epoch. */
  void publishRelayedAt(long micros, String name, Audience audience) {
    publish(new Event(encoded(name), audience, micros, RowOrder.committedAt(0)));
  }

  /** The same of a row of which this is known. */
  Event publish(String name, Audience audience, RowOrder row) {
    Event event = new Event(encoded(name), audience, 0, row);
    publish(event);
    return event;
  }

  private List<Cursor> publish(Event event) {
    int before = batch.touched(LOOP).size();
    batch.begin();
    log.append(event, nowNanos);
    var unused = mailboxes.index(event, batch);
    List<Cursor> touched = batch.touched(LOOP);
    return List.copyOf(touched.subList(before, touched.size()));
  }

  Cursor open(int userId) {
    return open(userId, Subscriber.NO_AFTER);
  }

  Cursor open(int userId, long afterMicros) {
    return open(new Subscriber(userId, Device.UNKNOWN, afterMicros));
  }

  /** A client that names an event. */
  Cursor openBehind(int userId, String name) {
    EventId event = EventId.of(name, 0);
    return open(new Subscriber(userId, Device.UNKNOWN, event.appliedAtMicros(), event));
  }

  Cursor open(int userId, Device device) {
    return open(new Subscriber(userId, device, Subscriber.NO_AFTER));
  }

  private Cursor open(Subscriber subscriber) {
    Cursor cursor = new Cursor(subscriber, LOOP, now -> {});
    CursorStart start = mailboxes.open(cursor, nowNanos, wallClock());
    cursor.start(start, 0);
    return cursor;
  }

  private Instant wallClock() {
    return Instant.EPOCH.plusNanos(nowNanos + wallAheadNanos);
  }

  void close(Cursor cursor) {
    mailboxes.close(cursor, nowNanos);
  }

  /** Takes a pong for all that was read so far, as a connection would. */
  void confirm(Cursor cursor) {
    if (cursor.acknowledge(cursor.position(), cursor.sent())) {
      mailboxes.retire(cursor);
    }
  }

  void pass(long nanos) {
    nowNanos += nanos;
    log.prune(nowNanos);
    mailboxes.expire(nowNanos);
  }

  /** Reads all that waits and returns the names of the events. */
  static List<String> read(Cursor cursor) {
    return NamedEvents.read(cursor);
  }
}
