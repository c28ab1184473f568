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
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Tells the other instances of the positions of this one's clients, and hears of theirs, over
 * notifications of the database that all listen to. The thread of its own looks ten times a second,
 * or once a second while no other instance is heard; what many connections say in that time shares
 * a message.
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
  private static final int MAX_WAITING = 100_000;

  /** Of the messages that wait: a message has at most 8,000. */
  private static final long MAX_WAITING_CHARS = 64L << 20;

  /** Messages that are kept while they can't be sent: up to 8 MB. */
  private static final int MAX_TO_SEND = 1_000;

  /** How long a new instance waits for what the others know, from its first hello on. */
  private static final long LONGEST_START_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** How long the others have to answer a hello. */
  private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** By how much the clock here may be ahead of the database's. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

  private final long self;
  private final ExchangeDatabase database;
  private final Dispatcher dispatcher;
  private final PositionJournal journal;
  private final LongSupplier nanoClock;
  private final ExchangeMeters meters;
  private final IsolatedFailures failures;
  private final SupervisedThread supervised;
  private final Thread thread;
  private final ExchangeState state;
  private final IntervalLog errors = new IntervalLog(LoggerFactory.getLogger(getClass()));

  /** What was heard and has happened, in its order, for the thread. */
  private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();

  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong waitingChars = new AtomicLong();

  /** Taken from the state and not sent yet. */
  private final Deque<String> toSend = new ArrayDeque<>();

  private volatile boolean isSettled;
  private volatile boolean isClosing;
  private boolean hasSaidHello;
  private long firstHelloNanos;
  private long answerNanos = ANSWER_NANOS;
  private long completeSinceNanos = Long.MIN_VALUE;
  private long nextTimeNanos;

  private PositionExchange(
      ExchangeState state,
      long self,
      Pools pools,
      Dispatcher dispatcher,
      PositionJournal journal,
      ExchangeMeters meters,
      Supervisor supervisor,
      LongSupplier nanoClock) {
    this.state = state;
    this.self = self;
    database = new ExchangeDatabase(pools.primary());
    this.dispatcher = dispatcher;
    this.journal = journal;
    this.nanoClock = nanoClock;
    this.meters = meters;
    failures = supervisor.failures();
    supervised = supervisor.thread("herald-exchange", pools.longestQueryMillis());
    thread =
        new DefaultThreadFactory("herald-exchange", true).newThread(supervised.watch(this::run));
  }

  /**
   * The exchange of an instance that begins now; null if it is switched off.
   *
   * @param dispatcher is told what other instances say
   * @param journal tells what happens here
   */
  public static @Nullable PositionExchange createIfOn(
      GatewayConfig config,
      Pools pools,
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
        state, self, pools, dispatcher, journal, meters.exchange(), supervisor, nanoClock);
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
    return isSettled ? null : "the other instances' positions are being learned";
  }

  // ---- From the feed ----

  /** The listener listens on a new connection. Listener's thread. */
  public void onListening() {
    add(state::onListening);
  }

  /**
   * A mark has been heard that another instance has sent. The driver's thread.
   *
   * @param position nothing that is below it in the log was committed after the mark
   */
  public void onPeerMark(Mark mark, long position) {
    add(() -> state.onPeerMark(mark, position, nanoClock.getAsLong()));
  }

  /** A message has been heard, maybe one of this instance's own. The driver's thread. */
  public void onMessage(String message) {
    long heardAtNanos = nanoClock.getAsLong();
    int chars = message.length();
    if (waitingChars.addAndGet(chars) > MAX_WAITING_CHARS) {
      waitingChars.addAndGet(-chars);
      leftOut();
      return;
    }
    boolean isTaken =
        add(
            () -> {
              waitingChars.addAndGet(-chars);
              state.onMessage(message, heardAtNanos);
            });
    if (!isTaken) {
      waitingChars.addAndGet(-chars);
    }
    if (ExchangeState.isUrgent(message)) {
      LockSupport.unpark(thread);
    }
  }

  /**
   * A mark of this instance has been handled. Fetch thread.
   *
   * @param position all that was committed before the mark is below it in the log
   */
  public void onHandled(Mark mark, long position) {
    add(() -> state.onHandled(mark, position, nanoClock.getAsLong()));
  }

  private boolean add(Runnable event) {
    if (waiting.incrementAndGet() > MAX_WAITING) {
      waiting.decrementAndGet();
      leftOut();
      return false;
    }
    inbox.add(event);
    return true;
  }

  /** The messages that are missing will be noticed by their numbers. */
  private void leftOut() {
    errors.warn("more was heard of other instances than can be kept, some of it is left out");
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
    if (!isSettled) {
      return START_TURN_MILLIS;
    }
    return state.isAlone() ? LONE_TURN_MILLIS : TURN_MILLIS;
  }

  private void turn() {
    long nowNanos = nanoClock.getAsLong();
    failures.run(Place.EXCHANGE, () -> take(nowNanos));
    failures.run(Place.EXCHANGE, () -> toSend.addAll(state.takeMessages(MAX_PER_TURN, nowNanos)));
    failures.run(Place.EXCHANGE, this::apply);
    failures.run(Place.EXCHANGE, this::send);
    failures.run(Place.EXCHANGE, () -> settle(nowNanos));
  }

  private void take(long nowNanos) {
    for (Runnable event = inbox.poll(); event != null; event = inbox.poll()) {
      waiting.decrementAndGet();
      try {
        event.run();
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        meters.unreadable();
        errors.warn("a message on the channel " + CHANNEL + " can't be read, and is left out");
      }
    }
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

  /** What can't be sent stays, and is sent later in its order. */
  private void send() {
    if (toSend.isEmpty()) {
      return;
    }
    List<String> batch = List.copyOf(toSend);
    try {
      database.send(batch);
      batch.forEach(message -> meters.sent(message.length()));
      toSend.clear();
      hasSaidHello = true;
    } catch (SQLException e) {
      errors.warn("the other instances can't be told of positions: " + e.getMessage());
      if (toSend.size() > MAX_TO_SEND) {
        // The others will notice that messages are missing, and ask for all there is.
        toSend.clear();
      }
    }
  }

  private void settle(long nowNanos) {
    if (isSettled || !hasSaidHello) {
      return;
    }
    if (firstHelloNanos == 0) {
      firstHelloNanos = nowNanos;
      answerNanos = isAlone() ? 0 : ANSWER_NANOS;
    }
    if (!state.isComplete()) {
      completeSinceNanos = Long.MIN_VALUE;
    } else if (completeSinceNanos == Long.MIN_VALUE) {
      completeSinceNanos = nowNanos;
    }
    boolean isComplete =
        completeSinceNanos != Long.MIN_VALUE && nowNanos - completeSinceNanos >= answerNanos;
    isSettled = isComplete || nowNanos - firstHelloNanos >= LONGEST_START_NANOS;
  }

  /**
   * Whether no other instance listens. Whoever begins to listen after this question has no clients
   * yet, and says hello.
   */
  private boolean isAlone() {
    try {
      return database.countListeners() == 1;
    } catch (SQLException e) {
      errors.warn("the database does not say how many instances listen: " + e.getMessage());
      return false;
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
    if (!thread.isAlive() && hasSaidHello) {
      long nowNanos = nanoClock.getAsLong();
      failures.run(Place.EXCHANGE, () -> take(nowNanos));
      failures.run(
          Place.EXCHANGE,
          () -> {
            toSend.addAll(state.takeMessages(Integer.MAX_VALUE, nowNanos));
            toSend.add(state.leave());
          });
      send();
    }
  }
}
