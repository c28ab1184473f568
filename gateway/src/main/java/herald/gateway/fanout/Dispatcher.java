package herald.gateway.fanout;

import herald.gateway.events.Cursor;
import herald.gateway.events.Event;
import herald.gateway.events.EventLog;
import herald.gateway.events.Mailboxes;
import herald.gateway.metrics.PushMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Writes the event log and the mailboxes, and wakes the event loops.
 *
 * <p>Events, openings and closings of connections pass under one lock, the dispatch lock: that is
 * why a connection that opens while an event is published gets it exactly once. The feed's thread
 * waits for the lock and publishes itself, which saves a hand-over for each event. An event loop
 * never waits: what it wants changed goes into a queue, and whoever has the lock, or else the loop
 * itself, takes it from there. An event loop is woken with one task for all its connections that a
 * batch touches.
 *
 * <p>What is thrown for one event, one mailbox, one connection or one loop costs that one alone:
 * the rest of the batch, the changes behind and the other loops go on.
 */
public final class Dispatcher implements AutoCloseable {
  private static final long EXPIRE_INTERVAL_MILLIS = 1_000;
  private static final long SWEEP_INTERVAL_MILLIS = 60_000;
  private static final long LONGEST_TURN_MILLIS = 30_000;
  private static final String THREAD = "herald-expiry";

  private final EventLog log;
  private final Mailboxes mailboxes;
  private final PushMeters meters;
  private final LongSupplier nanoClock;
  private final InstantSource clock;
  private final IsolatedFailures failures;
  private final CursorFailures cursorFailures;
  private final SupervisedThread supervised;
  private final EventExecutor timer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
  private final Map<Executor, LoopCursors> loops = new ConcurrentHashMap<>();
  private final Consumer<Cursor> touch = this::touch;
  private long batch;

  /** What is to be done under the lock, for one connection. */
  private record Change(Cursor cursor, Runnable action) {}

  /** Starts the thread that lets old events go. */
  public Dispatcher(
      EventLog log,
      Mailboxes mailboxes,
      PushMeters meters,
      LongSupplier nanoClock,
      InstantSource clock,
      Supervisor supervisor) {
    this(
        log,
        mailboxes,
        meters,
        nanoClock,
        clock,
        supervisor,
        new DefaultEventExecutor(new DefaultThreadFactory(THREAD, true)));
    timer.terminationFuture().addListener(terminated -> supervised.ended(null));
  }

  /**
   * The same with a timer of the caller's.
   *
   * @param timer one thread, no event loop: it waits for the lock
   */
  public Dispatcher(
      EventLog log,
      Mailboxes mailboxes,
      PushMeters meters,
      LongSupplier nanoClock,
      InstantSource clock,
      Supervisor supervisor,
      EventExecutor timer) {
    this.log = log;
    this.mailboxes = mailboxes;
    this.meters = meters;
    this.nanoClock = nanoClock;
    this.clock = clock;
    this.timer = timer;
    failures = supervisor.failures();
    cursorFailures = new CursorFailures(failures);
    supervised = supervisor.thread(THREAD, LONGEST_TURN_MILLIS);
    every(EXPIRE_INTERVAL_MILLIS, this::expire);
    every(SWEEP_INTERVAL_MILLIS, mailboxes::forgetReleased);
  }

  /** Appends these events in their order and wakes those they concern. Feed thread. */
  public void publish(List<Event> events) {
    if (!events.isEmpty()) {
      locked(() -> append(events, nanoClock.getAsLong()));
    }
  }

  /** Gives a new connection its place and wakes it. Any thread, never waits. */
  public void open(Cursor cursor) {
    change(
        cursor,
        () -> {
          mailboxes.open(cursor, nanoClock.getAsLong(), clock.instant());
          loopOf(cursor).enter(cursor);
        });
  }

  /** Lets a connection go; its cursor's event loop, never waits. */
  public void close(Cursor cursor) {
    try {
      loopOf(cursor).leave(cursor);
    } catch (Throwable e) {
      failures.isolated(Place.LEAVE, e);
    }
    boolean entered = cursor.hasEntered();
    long acknowledged = cursor.acknowledged();
    boolean unsettled = cursor.isUnsettled();
    change(
        cursor,
        () ->
            mailboxes.close(
                cursor,
                entered ? acknowledged : cursor.acknowledged(),
                entered ? unsettled : cursor.isUnsettled(),
                nanoClock.getAsLong()));
  }

  /**
   * Forgets one remembered position of the user, which this connection has made good. Any thread,
   * never waits.
   */
  public void settle(Cursor cursor) {
    change(cursor, () -> mailboxes.settle(cursor));
  }

  private void change(Cursor cursor, Runnable action) {
    changes.add(new Change(cursor, action));
    makeChanges();
  }

  /** Makes the changes that wait, unless another thread has the lock, which then will. */
  private void makeChanges() {
    while (!changes.isEmpty() && lock.tryLock()) {
      try {
        for (Change next = changes.poll(); next != null; next = changes.poll()) {
          try {
            next.action().run();
          } catch (Throwable e) {
            cursorFailures.onFailure(Place.CHANGE, next.cursor(), e);
          }
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private void locked(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
    makeChanges();
  }

  private void append(List<Event> events, long nowNanos) {
    batch++;
    boolean everybody = false;
    for (Event event : events) {
      everybody |= event.audience().isWide();
      try {
        log.append(event, nowNanos);
        mailboxes.deliver(event, batch, touch);
      } catch (Throwable e) {
        failures.isolated(Place.APPEND, e);
        failures.run(Place.APPEND, () -> mailboxes.missed(event, batch, touch, nowNanos));
      }
    }
    send(everybody, events.get(0).committedAtNanos(), nowNanos);
  }

  /** Has each loop wake those that were touched; never throws. */
  private void send(boolean everybody, long committedAtNanos, long nowNanos) {
    for (LoopCursors loop : loops.values()) {
      try {
        loop.send(everybody, committedAtNanos, nowNanos);
      } catch (Throwable e) {
        failures.isolated(Place.HAND_OVER, e);
      }
    }
  }

  /** Never throws. */
  private void touch(Cursor cursor) {
    try {
      loopOf(cursor).touch(cursor);
    } catch (Throwable e) {
      cursorFailures.onFailure(Place.HAND_OVER, cursor, e);
    }
  }

  private LoopCursors loopOf(Cursor cursor) {
    return loops.computeIfAbsent(
        cursor.eventLoop(), loop -> new LoopCursors(loop, meters, nanoClock, cursorFailures));
  }

  private void expire() {
    long nowNanos = nanoClock.getAsLong();
    failures.run(Place.EXPIRY, () -> log.prune(nowNanos));
    failures.run(Place.EXPIRY, () -> mailboxes.expire(nowNanos));
    // Only those are left of which a loop could not be told before.
    send(false, nowNanos, nowNanos);
  }

  private void every(long intervalMillis, Runnable task) {
    var unused =
        timer.scheduleWithFixedDelay(
            supervised.periodic(Place.EXPIRY, () -> locked(task)),
            intervalMillis,
            intervalMillis,
            TimeUnit.MILLISECONDS);
  }

  /** Ends the timer. */
  @Override
  public void close() {
    supervised.mayEnd();
    var unused = timer.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
