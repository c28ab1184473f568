package herald.gateway.events;

import herald.gateway.metrics.Meters;
import herald.gateway.supervision.IsolatedFailures;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A log and mailboxes under a clock that the test moves, and connections that read at once. */
final class EventsFixture {
  static final long HORIZON_NANOS = TimeUnit.MINUTES.toNanos(10);
  static final long REPLAY_NANOS = TimeUnit.SECONDS.toNanos(10);

  final IsolatedFailures failures =
      new IsolatedFailures(new Meters(new SimpleMeterRegistry()).supervision(), () -> 0);
  final EventLog log;
  final Mailboxes mailboxes;
  long nowNanos = 1_000;
  private long batch;

  EventsFixture() {
    this(Long.MAX_VALUE, 1_000);
  }

  EventsFixture(long maxBytes, int maxRemembered) {
    log = new EventLog(HORIZON_NANOS, maxBytes);
    mailboxes = new Mailboxes(log, REPLAY_NANOS, HORIZON_NANOS, maxRemembered, failures);
  }

  static EncodedEvent encoded(String name) {
    String rpc = "{\"method\":\"chat.message\",\"params\":{\"message_id\":\"" + name + "\"}}";
    return EventEncoder.rpc(rpc, 1, 0);
  }

  static Event event(String name, Audience audience) {
    return new Event(encoded(name), audience, 0, 0);
  }

  /** Appends and delivers one event; returns the cursors that were touched. */
  List<Cursor> publish(String name, Audience audience) {
    return publish(event(name, audience));
  }

  /** The same with a timestamp, microseconds since the epoch. */
  void publishRelayedAt(long micros, String name, Audience audience) {
    publish(new Event(encoded(name), audience, micros, 0));
  }

  private List<Cursor> publish(Event event) {
    log.append(event, nowNanos);
    List<Cursor> touched = new ArrayList<>();
    mailboxes.deliver(event, ++batch, touched::add);
    return touched;
  }

  Cursor open(int userId) {
    return open(userId, Cursor.NO_AFTER);
  }

  Cursor open(int userId, long afterMicros) {
    Cursor cursor = new Cursor(userId, afterMicros, Runnable::run, now -> {});
    mailboxes.open(cursor, nowNanos, Instant.EPOCH.plusNanos(nowNanos));
    cursor.enter();
    return cursor;
  }

  void close(Cursor cursor) {
    mailboxes.close(cursor, cursor.acknowledged(), cursor.isUnsettled(), nowNanos);
  }

  /** Takes a pong for all that was read so far, as a connection would. */
  void confirm(Cursor cursor) {
    if (cursor.acknowledge(cursor.position(), cursor.sent())) {
      mailboxes.settle(cursor);
    }
  }

  void pass(long nanos) {
    nowNanos += nanos;
    log.prune(nowNanos);
    mailboxes.expire(nowNanos);
  }

  /** Reads all that waits and returns the names of the events. */
  static List<String> read(Cursor cursor) {
    List<String> names = new ArrayList<>();
    for (EncodedEvent event = cursor.peek(); event != null; event = cursor.peek()) {
      names.add(nameOf(event));
      cursor.advance();
    }
    return names;
  }

  private static String nameOf(EncodedEvent event) {
    String head = new String(event.head(), StandardCharsets.UTF_8);
    int begin = head.indexOf("\"message_id\":\"") + "\"message_id\":\"".length();
    return head.substring(begin, head.indexOf('"', begin));
  }
}
