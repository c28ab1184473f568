package herald.gateway.exchange;

import herald.gateway.device.Device;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Cursor;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.MemoryLimits;
import herald.gateway.fanout.NamedEvents;
import herald.gateway.fanout.PositionChange;
import herald.gateway.fanout.PositionJournal;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.RowOrder;
import herald.gateway.fanout.Subscriber;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.protocol.EncodedEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * An instance without sockets and without a database: it hears what is on the {@link ModelChannel},
 * later than that was said, and publishes events later than it has heard of them.
 */
final class ModelInstance {
  static final long RETENTION_NANOS = TimeUnit.MINUTES.toNanos(10);
  static final long REPLAY_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long UNCLAIMED_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(12);
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(8);
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final long id;
  private final ModelChannel channel;
  private final LongSupplier clock;
  private final EmbeddedChannel timer = new EmbeddedChannel();
  private final PositionJournal journal = new PositionJournal(true);
  private final Dispatcher dispatcher;
  private final ExchangeState state;

  /** How much of the channel has been heard, and how much of that has been handled. */
  private int heard;

  private int handled;
  private long probes;

  ModelInstance(long id, ModelChannel channel, LongSupplier clock) {
    this.id = id;
    this.channel = channel;
    this.clock = clock;
    Meters meters = new Meters(new SimpleMeterRegistry());
    dispatcher =
        new Dispatcher(
            new MemoryLimits(
                RETENTION_NANOS, Long.MAX_VALUE, REPLAY_NANOS, 100_000, UNCLAIMED_NANOS),
            journal,
            meters,
            clock,
            () -> Instant.EPOCH.plusNanos(clock.getAsLong()),
            new Supervisor(meters.supervision(), () -> 0),
            timer.eventLoop());
    state =
        new ExchangeState(
            new Mark(id, 0, clock.getAsLong() / 1_000 - 70_000_000, 0, 0),
            new ExchangeTimes(GRACE_NANOS, QUIET_NANOS, SILENCE_NANOS, 0, RETENTION_NANOS),
            100_000);
    heard = channel.said.size();
    handled = heard;
    state.onListening();
  }

  long id() {
    return id;
  }

  boolean isReady() {
    return state.isComplete() && handled == channel.said.size();
  }

  /** Sends a probe, which is a mark. */
  void probe() {
    channel.said.add(new ModelChannel.Said.Probe(id, ++probes, clock.getAsLong()));
  }

  /** Hears some of what was said; a message may be lost, or come twice. */
  void hear(int count, ModelChannel.Fault fault) {
    for (int i = 0; i < count && heard < channel.said.size(); i++) {
      ModelChannel.Said said = channel.said.get(heard++);
      if (said instanceof ModelChannel.Said.Probe probe && probe.instance() != id) {
        state.onPeerMark(
            new Mark(probe.instance(), probe.number(), probe.atNanos() / 1_000, 0, 1),
            dispatcher.tail(),
            clock.getAsLong());
      } else if (said instanceof ModelChannel.Said.Message message) {
        for (int copies = fault.copies(); copies > 0; copies--) {
          state.onMessage(message.text(), clock.getAsLong());
        }
      }
    }
  }

  /** Handles some of what was heard. */
  void handle(int count) {
    for (int i = 0; i < count && handled < heard; i++) {
      int index = handled++;
      ModelChannel.Said said = channel.said.get(index);
      if (said instanceof ModelChannel.Said.Row row) {
        publish(row);
      } else if (said instanceof ModelChannel.Said.Probe probe && probe.instance() == id) {
        state.onHandled(
            new Mark(id, probe.number(), probe.atNanos() / 1_000, index, 1),
            dispatcher.tail(),
            clock.getAsLong());
      }
    }
  }

  /** The listener is lost: nothing of what was said since is heard, and a catch-up finds rows. */
  void loseListener() {
    while (heard < channel.said.size()) {
      heard++;
    }
    for (; handled < heard; handled++) {
      if (channel.said.get(handled) instanceof ModelChannel.Said.Row row) {
        publish(row);
      }
    }
    state.onListening();
  }

  private void publish(ModelChannel.Said.Row row) {
    dispatcher.publish(
        List.of(
            new Event(encoded(row.name()), Audience.of(row.userId()), 0, RowOrder.committedAt(0))));
  }

  static EncodedEvent encoded(String name) {
    return NamedEvents.encoded(name, 1);
  }

  /** A turn of the exchange. */
  void exchange() {
    long nowNanos = clock.getAsLong();
    for (PositionChange change = journal.poll(); change != null; change = journal.poll()) {
      state.onChange(change, nowNanos);
    }
    state.onTime(nowNanos);
    for (String message : state.takeMessages(Integer.MAX_VALUE, nowNanos)) {
      channel.said.add(new ModelChannel.Said.Message(message));
    }
    dispatcher.apply(state.takeChanges());
  }

  void pass(long nanos) {
    timer.advanceTimeBy(nanos, TimeUnit.NANOSECONDS);
    timer.runScheduledPendingTasks();
  }

  Cursor open(int userId, Device device) {
    Cursor cursor =
        new Cursor(
            new Subscriber(userId, device, Subscriber.NO_AFTER), Runnable::run, nowNanos -> {});
    dispatcher.open(cursor);
    var request = cursor.past().takeReplayRequest();
    if (request != null) {
      cursor.replayed(new Replay(channel.rowsSince(request), null));
    }
    return cursor;
  }

  void close(Cursor cursor) {
    dispatcher.close(cursor);
  }

  void confirm(Cursor cursor) {
    if (cursor.acknowledge(cursor.position(), cursor.sent())) {
      dispatcher.retire(cursor);
    }
  }

  /** All that the connection is sent; the names of the events. */
  List<String> read(Cursor cursor) {
    return NamedEvents.read(cursor);
  }

  /** It says its last word, as one that is stopped does. */
  void leave() {
    exchange();
    channel.said.add(new ModelChannel.Said.Message(state.leave()));
  }

  void end() {
    timer.finishAndReleaseAll();
  }
}
