package herald.gateway.fanout;

import herald.gateway.events.Cursor;
import herald.gateway.events.Event;
import herald.gateway.events.EventLog;
import herald.gateway.events.Mailboxes;
import herald.gateway.metrics.PushMeters;
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
 */
public final class Dispatcher implements AutoCloseable {
  private static final long EXPIRE_INTERVAL_MILLIS = 1_000;
  private static final long SWEEP_INTERVAL_MILLIS = 60_000;

  private final EventLog log;
  private final Mailboxes mailboxes;
  private final PushMeters meters;
  private final LongSupplier nanoClock;
  private final InstantSource clock;
  private final EventExecutor timer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Runnable> changes = new ConcurrentLinkedQueue<>();
  private final Map<Executor, LoopCursors> loops = new ConcurrentHashMap<>();
  private long batch;

  /** Starts the thread that lets old events go. */
  public Dispatcher(
      EventLog log,
      Mailboxes mailboxes,
      PushMeters meters,
      LongSupplier nanoClock,
      InstantSource clock) {
    this(
        log,
        mailboxes,
        meters,
        nanoClock,
        clock,
        new DefaultEventExecutor(new DefaultThreadFactory("herald-expiry", true)));
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
      EventExecutor timer) {
    this.log = log;
    this.mailboxes = mailboxes;
    this.meters = meters;
    this.nanoClock = nanoClock;
    this.clock = clock;
    this.timer = timer;
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
        () -> {
          mailboxes.open(cursor, nanoClock.getAsLong(), clock.instant());
          loopOf(cursor).enter(cursor);
        });
  }

  /** Lets a connection go; its cursor's event loop, never waits. */
  public void close(Cursor cursor) {
    loopOf(cursor).leave(cursor);
    boolean entered = cursor.hasEntered();
    long acknowledged = cursor.acknowledged();
    boolean unsettled = cursor.isUnsettled();
    change(
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
    change(() -> mailboxes.settle(cursor));
  }

  private void change(Runnable change) {
    changes.add(change);
    makeChanges();
  }

  /** Makes the changes that wait, unless another thread has the lock, which then will. */
  private void makeChanges() {
    while (!changes.isEmpty() && lock.tryLock()) {
      try {
        for (Runnable next = changes.poll(); next != null; next = changes.poll()) {
          next.run();
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
      log.append(event, nowNanos);
      mailboxes.deliver(event, batch, cursor -> loopOf(cursor).touch(cursor));
      everybody |= event.audience().isWide();
    }
    long committedAtNanos = events.get(0).committedAtNanos();
    for (LoopCursors loop : loops.values()) {
      loop.send(everybody, committedAtNanos, nowNanos);
    }
  }

  private LoopCursors loopOf(Cursor cursor) {
    return loops.computeIfAbsent(
        cursor.eventLoop(), loop -> new LoopCursors(loop, meters, nanoClock));
  }

  private void expire() {
    long nowNanos = nanoClock.getAsLong();
    log.prune(nowNanos);
    mailboxes.expire(nowNanos);
  }

  private void every(long intervalMillis, Runnable task) {
    var unused =
        timer.scheduleWithFixedDelay(
            () -> locked(task), intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
  }

  /** Ends the timer. */
  @Override
  public void close() {
    var unused = timer.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
