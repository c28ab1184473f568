package herald.gateway.fanout;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import herald.gateway.metrics.Meters;
import herald.gateway.metrics.PushMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.EventExecutor;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The only way into the event log and the mailboxes: publishes events, opens and closes
 * connections, and lets go what time has passed by, all under one lock, the dispatch lock.
 *
 * <p>One lock is why a connection that opens while an event is published gets it exactly once. The
 * feed's thread waits for the lock and publishes itself, which saves a hand-over for each event. An
 * event loop never waits: what it wants changed is handed over to whoever has the lock. An event
 * loop is woken with one task for all its connections that a batch concerns.
 *
 * <p>What is thrown for one event, one mailbox, one connection or one loop costs that one alone:
 * the rest of the batch, the changes behind and the other loops go on.
 */
public final class Dispatcher extends HandOverLock<Change> implements FeedTarget, AutoCloseable {
  private static final long EXPIRE_INTERVAL_MILLIS = 1_000;
  private static final long SWEEP_INTERVAL_MILLIS = 60_000;

  private final PushMeters meters;
  private final LongSupplier nanoClock;
  private final InstantSource clock;
  private final IsolatedFailures failures;
  private final CursorFailures cursorFailures;
  private final ExpiryTimer timer;
  private final MemoryFigures figures = new MemoryFigures();
  private final Map<Executor, LoopCursors> loops = new ConcurrentHashMap<>();

  /** For readers. */
  private final EventLog events;

  @GuardedBy("lock")
  private final EventLog.Writer log;

  @GuardedBy("lock")
  private final Mailboxes mailboxes;

  @GuardedBy("lock")
  private final Batch batch;

  /**
   * Starts the thread that lets old events go.
   *
   * @param journal is told how positions change
   */
  public Dispatcher(
      MemoryLimits limits,
      PositionJournal journal,
      Meters meters,
      LongSupplier nanoClock,
      InstantSource clock,
      Supervisor supervisor) {
    this(limits, journal, meters, nanoClock, clock, supervisor, null);
  }

  /**
   * The same with a timer of the caller's.
   *
   * @param timer one thread, no event loop: it waits for the lock; null for a thread of its own
   */
  public Dispatcher(
      MemoryLimits limits,
      PositionJournal journal,
      Meters meters,
      LongSupplier nanoClock,
      InstantSource clock,
      Supervisor supervisor,
      @Nullable EventExecutor timer) {
    this.meters = meters.push();
    this.nanoClock = nanoClock;
    this.clock = clock;
    this.timer = timer == null ? new ExpiryTimer(supervisor) : new ExpiryTimer(supervisor, timer);
    failures = supervisor.failures();
    cursorFailures = new CursorFailures(failures);
    log = new EventLog.Writer(limits.retentionNanos(), limits.maxBytes());
    mailboxes = new Mailboxes(log, limits, journal, figures, failures);
    batch = new Batch(this::cursorsOf, cursorFailures);
    events = log.log();
    figures.declare(meters.memory(), events, nanoClock);
    this.timer.every(EXPIRE_INTERVAL_MILLIS, this::expire);
    this.timer.every(SWEEP_INTERVAL_MILLIS, this::sweep);
  }

  // ---- Events ----

  /** Appends these events in their order and wakes those they concern. Feed thread; may wait. */
  public void publish(List<Event> events) {
    if (events.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      append(events, nanoClock.getAsLong());
    } finally {
      lock.unlock();
      makeChanges();
    }
  }

  /**
   * The log begins in the past: all that concerned anybody since this moment is published next. To
   * be called before anything else. Feed thread; may wait.
   */
  public void beginAt(long nanos) {
    lock.lock();
    try {
      mailboxes.beginAt(nanos, nanoClock.getAsLong());
    } finally {
      lock.unlock();
      makeChanges();
    }
  }

  /**
   * Publishes events of the past as if they had been appended then, before any connection is open.
   * Feed thread; may wait.
   *
   * @param appendedAtNanos not before that of the events that were published before
   */
  public void publishPast(List<Event> events, long appendedAtNanos) {
    if (events.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      append(events, appendedAtNanos);
    } finally {
      lock.unlock();
      makeChanges();
    }
  }

  @Override
  public void publish(List<Event> events, Runnable turn) {
    publish(events);
  }

  /** The lock is held for moments. */
  @Override
  public boolean mayWait() {
    return false;
  }

  /**
   * Takes the dispatch lock if nobody has it: what this thread publishes before {@link #leave} does
   * not wait. Any thread, never waits.
   */
  public boolean tryEnter() {
    return lock.tryLock();
  }

  /** Gives back the lock that {@link #tryEnter} has taken. */
  public void leave() {
    lock.unlock();
    makeChanges();
  }

  /**
   * A row was read beside the feed and came to nothing; what waited for it is published from now
   * on. Feed thread; may wait.
   */
  @Override
  public void onBesideWithoutEvents(RowOrder row) {
    lock.lock();
    try {
      mailboxes.onBesideWithoutEvents(row, nanoClock.getAsLong());
    } finally {
      lock.unlock();
      makeChanges();
    }
  }

  @GuardedBy("lock")
  private void append(List<Event> events, long nowNanos) {
    batch.begin();
    boolean everybody = false;
    for (Event event : events) {
      try {
        log.append(event, nowNanos);
        everybody |= mailboxes.index(event, batch);
      } catch (Throwable e) {
        failures.isolated(Place.APPEND, e);
        everybody |= event.audience().isBroadcast();
        missed(event, nowNanos);
      }
    }
    batch.send(everybody, events.get(0).committedAtNanos(), nowNanos);
  }

  @GuardedBy("lock")
  private void missed(Event event, long nowNanos) {
    try {
      mailboxes.missed(event, batch, nowNanos);
    } catch (Throwable e) {
      failures.isolated(Place.APPEND, e);
    }
  }

  // ---- Connections ----

  /** Gives a new connection its position and has it start. Any thread, never waits. */
  public void open(Cursor cursor) {
    handOver(new Change(Change.Kind.OPEN, cursor));
  }

  /** Lets a connection go, for which nothing more is confirmed. Its event loop, never waits. */
  public void close(Cursor cursor) {
    try {
      cursorsOf(cursor.eventLoop()).leave(cursor);
    } catch (Throwable e) {
      failures.isolated(Place.LEAVE, e);
    }
    handOver(new Change(Change.Kind.CLOSE, cursor));
  }

  /**
   * Forgets one remembered position of the user, which this connection has made good. Any thread,
   * never waits.
   */
  public void retire(Cursor cursor) {
    handOver(new Change(Change.Kind.RETIRE, cursor));
  }

  @Override
  @GuardedBy("lock")
  void make(Change change) {
    Cursor cursor = change.cursor();
    try {
      switch (change.kind()) {
        case OPEN ->
            batch.start(cursor, mailboxes.open(cursor, nanoClock.getAsLong(), clock.instant()));
        case CLOSE -> mailboxes.close(cursor, nanoClock.getAsLong());
        case RETIRE -> mailboxes.retire(cursor);
      }
    } catch (Throwable e) {
      cursorFailures.onFailure(Place.CHANGE, cursor, e);
    }
  }

  // ---- Other instances ----

  /** Takes what other instances have said of their positions. The exchange's thread; may wait. */
  public void apply(List<PeerChange> changes) {
    if (changes.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      long nowNanos = nanoClock.getAsLong();
      for (PeerChange change : changes) {
        try {
          mailboxes.apply(change, nowNanos);
        } catch (Throwable e) {
          failures.isolated(Place.MAILBOX, e);
        }
      }
    } finally {
      lock.unlock();
      makeChanges();
    }
  }

  /** The position that the next event will get. Any thread. */
  public long tail() {
    return events.tail();
  }

  /** Looks at the events that are in the log now. Any thread; never waits. */
  public void forEach(Consumer<Event> each) {
    long end = events.indexedUntil();
    for (long position = events.head(); position < end; position++) {
      Event event = events.get(position);
      if (event != null) {
        each.accept(event);
      }
    }
  }

  private LoopCursors cursorsOf(Executor eventLoop) {
    return loops.computeIfAbsent(
        eventLoop, loop -> new LoopCursors(loop, meters, nanoClock, cursorFailures));
  }

  /** Connections that have a position. Any thread. */
  public int openCursors() {
    return figures.openCursors();
  }

  /** Positions of ended connections that are remembered. Any thread. */
  public int remembered() {
    return figures.remembered();
  }

  /** Where this user's connections stand. Any thread but an event loop; may wait. */
  public UserPlaces lookUp(int userId) {
    lock.lock();
    try {
      return mailboxes.lookUp(userId);
    } finally {
      lock.unlock();
      makeChanges();
    }
  }

  // ---- Time ----

  /** Lets go what time has passed by. Timer. */
  private void expire() {
    lock.lock();
    try {
      long nowNanos = nanoClock.getAsLong();
      letGo(nowNanos);
      // Those who have a broadcast of others to pass, or of which a loop could not be told before.
      batch.send(mailboxes.takeWalk(), nowNanos, nowNanos);
    } finally {
      lock.unlock();
      makeChanges();
    }
  }

  @GuardedBy("lock")
  private void letGo(long nowNanos) {
    try {
      log.prune(nowNanos);
    } catch (Throwable e) {
      failures.isolated(Place.EXPIRY, e);
    }
    try {
      mailboxes.expire(nowNanos);
    } catch (Throwable e) {
      failures.isolated(Place.EXPIRY, e);
    }
  }

  /** Has the mailboxes let go what has left the log. Timer. */
  private void sweep() {
    lock.lock();
    try {
      mailboxes.forgetReleased();
    } finally {
      lock.unlock();
      makeChanges();
    }
  }

  /** Ends the timer. */
  @Override
  public void close() {
    timer.close();
  }
}
