package herald.gateway.exchange;

import herald.gateway.config.GatewayConfig;
import herald.gateway.database.Pools;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.PeerChange;
import herald.gateway.fanout.PositionChange;
import herald.gateway.fanout.PositionJournal;
import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.ExchangeMeters;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Tells the other instances of the positions of this one's clients, and hears of theirs, over the
 * {@link InstanceBus} that all listen to. The thread of its own looks ten times a second, or once a
 * second while no other instance is heard; what many connections say in that time shares a message.
 */
public final class PositionExchange implements AutoCloseable {
  /** The channel of all instances; the listeners' probes go over it too. */
  public static final String CHANNEL = "herald_instances";

  private static final long TURN_MILLIS = 100;

  /** While no other instance is heard. */
  private static final long LONE_TURN_MILLIS = 1_000;

  /** While the instance waits to be ready. */
  private static final long START_TURN_MILLIS = 10;

  private static final long TIME_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_PER_TURN = 20;
  private static final int MAX_CHANGES = 500;

  /** By how much the clock here may be ahead of the database's. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

  private final long self;
  private final Dispatcher dispatcher;
  private final PositionJournal journal;
  private final LongSupplier nanoClock;
  private final ExchangeMeters meters;
  private final IsolatedFailures failures;
  private final SupervisedThread supervised;
  private final Thread thread;
  private final ExchangeState state;
  private final Inbox inbox;
  private final ExchangeStart start;
  private final Outbox outbox;
  private final IntervalLog errors = new IntervalLog(LoggerFactory.getLogger(getClass()));

  private volatile boolean isClosing;
  private long nextTimeNanos;

  private PositionExchange(
      ExchangeState state,
      long self,
      InstanceBus bus,
      long longestTurnMillis,
      Dispatcher dispatcher,
      PositionJournal journal,
      ExchangeMeters meters,
      Supervisor supervisor,
      LongSupplier nanoClock) {
    this.state = state;
    this.self = self;
    this.dispatcher = dispatcher;
    this.journal = journal;
    this.nanoClock = nanoClock;
    this.meters = meters;
    start = new ExchangeStart(bus, errors);
    inbox = new Inbox(meters, errors);
    outbox = new Outbox(bus, meters, errors);
    failures = supervisor.failures();
    supervised = supervisor.thread("herald-exchange", longestTurnMillis);
    thread =
        new DefaultThreadFactory("herald-exchange", true).newThread(supervised.watch(this::run));
  }

  /**
   * The exchange of an instance that begins now; null if it is switched off.
   *
   * @param bus carries the messages; null for notifications of the database
   * @param dispatcher is told what other instances say
   * @param journal tells what happens here
   */
  public static @Nullable PositionExchange createIfOn(
      GatewayConfig config,
      Pools pools,
      @Nullable InstanceBus bus,
      Dispatcher dispatcher,
      PositionJournal journal,
      Meters meters,
      Supervisor supervisor,
      LongSupplier nanoClock,
      InstantSource clock) {
    if (!config.eventLog().sharesPositions()) {
      return null;
    }
    long self = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    Instant begin =
        clock.instant().minusMillis(config.eventLog().replayMillis()).minus(CLOCK_TOLERANCE);
    Mark beforeAll = new Mark(self, 0, ChronoUnit.MICROS.between(Instant.EPOCH, begin), 0, 0);
    ExchangeState state =
        new ExchangeState(beforeAll, ExchangeTimes.of(config), config.eventLog().maxRemembered());
    return new PositionExchange(
        state,
        self,
        bus == null ? new ExchangeDatabase(pools.primary()) : bus,
        pools.longestQueryMillis(),
        dispatcher,
        journal,
        meters.exchange(),
        supervisor,
        nanoClock);
  }

  /** Starts the thread. */
  public void start() {
    nextTimeNanos = nanoClock.getAsLong();
    thread.start();
  }

  /** Which instance this is: a random number, as marks and messages name it. */
  public long self() {
    return self;
  }

  /**
   * Why clients of other instances may not be known here yet, in a sentence; null if they are, or
   * if that was waited for long enough. Any thread.
   */
  public @Nullable String problem() {
    return start.problem();
  }

  // ---- From the feed ----

  /** What the others say is heard on a new connection. Listener's or reader's thread. */
  public void onListening() {
    inbox.add(state::onListening);
  }

  /**
   * A mark has been heard that another instance has sent. The thread of the listener's connection.
   *
   * @param position nothing that is below it in the log was committed after the mark
   */
  public void onPeerMark(Mark mark, long position) {
    inbox.add(() -> state.onPeerMark(mark, position, nanoClock.getAsLong()));
  }

  /**
   * A message has been heard, maybe one of this instance's own. The thread of the listener's
   * connection.
   */
  public void onMessage(String message) {
    long heardAtNanos = nanoClock.getAsLong();
    inbox.add(message.length(), () -> state.onMessage(message, heardAtNanos));
    if (ExchangeMessage.isUrgent(message)) {
      LockSupport.unpark(thread);
    }
  }

  /**
   * A mark of this instance has been handled. Fetch thread.
   *
   * @param position all that was committed before the mark is below it in the log
   */
  public void onHandled(Mark mark, long position) {
    inbox.add(() -> state.onHandled(mark, position, nanoClock.getAsLong()));
  }

  /**
   * A mark of the stream has been handled, which all instances find at the same place. Reader's
   * thread.
   *
   * @param position all that stands before the mark in the stream is below it in the log
   */
  public void onStreamMark(Mark mark, long position) {
    inbox.add(() -> state.onStreamMark(mark, position, nanoClock.getAsLong()));
  }

  // ---- The thread ----

  private void run() {
    while (!isClosing) {
      supervised.turn();
      turn();
      LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(pauseMillis()));
    }
  }

  private long pauseMillis() {
    if (!start.isSettled()) {
      return START_TURN_MILLIS;
    }
    return state.isAlone() ? LONE_TURN_MILLIS : TURN_MILLIS;
  }

  private void turn() {
    long nowNanos = nanoClock.getAsLong();
    failures.run(Place.EXCHANGE, () -> take(nowNanos));
    failures.run(Place.EXCHANGE, () -> outbox.add(state.takeMessages(MAX_PER_TURN, nowNanos)));
    failures.run(Place.EXCHANGE, this::apply);
    failures.run(Place.EXCHANGE, outbox::send);
    failures.run(
        Place.EXCHANGE, () -> start.advance(outbox.hasSent(), state.isComplete(), nowNanos));
  }

  private void take(long nowNanos) {
    inbox.take();
    for (PositionChange change = journal.poll(); change != null; change = journal.poll()) {
      state.onChange(change, nowNanos);
    }
    if (nowNanos - nextTimeNanos >= 0) {
      nextTimeNanos = nowNanos + TIME_INTERVAL_NANOS;
      state.onTime(nowNanos);
      meters.peers(state.instances(), state.peerPositions(), state.isComplete());
    }
  }

  /** In parts: the feed waits for the lock meanwhile. */
  private void apply() {
    List<PeerChange> changes = state.takeChanges();
    for (int begin = 0; begin < changes.size(); begin += MAX_CHANGES) {
      dispatcher.apply(changes.subList(begin, Math.min(changes.size(), begin + MAX_CHANGES)));
    }
  }

  /** Says how the last connections have ended, and that no more will be said. */
  @Override
  public void close() {
    supervised.mayEnd();
    isClosing = true;
    LockSupport.unpark(thread);
    try {
      thread.join(TimeUnit.SECONDS.toMillis(ExchangeDatabase.TIMEOUT_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!thread.isAlive() && outbox.hasSent()) {
      long nowNanos = nanoClock.getAsLong();
      failures.run(Place.EXCHANGE, () -> take(nowNanos));
      failures.run(
          Place.EXCHANGE,
          () -> {
            outbox.add(state.takeMessages(Integer.MAX_VALUE, nowNanos));
            outbox.add(List.of(state.leave()));
          });
      outbox.send();
    }
  }
}
