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
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The one thread that writes the event log and the mailboxes, and wakes the event loops.
 *
 * <p>Events, openings and closings of connections all pass through this thread, one after the
 * other: that is why a connection that opens while an event is published gets it exactly once,
 * without a lock. An event loop is woken with one task for all its connections that a batch
 * touches.
 */
public final class Dispatcher implements AutoCloseable {
  private static final int MAX_BATCHES_IN_FLIGHT = 4;
  private static final long EXPIRE_INTERVAL_MILLIS = 1_000;
  private static final long SWEEP_INTERVAL_MILLIS = 60_000;

  private final EventLog log;
  private final Mailboxes mailboxes;
  private final PushMeters meters;
  private final LongSupplier nanoClock;
  private final InstantSource clock;
  private final EventExecutor thread;
  private final Semaphore inFlight = new Semaphore(MAX_BATCHES_IN_FLIGHT);
  private final IdentityHashMap<Executor, LoopBatch> batchByLoop = new IdentityHashMap<>();
  private long batch;

  /** Starts the dispatch thread. */
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
        new DefaultEventExecutor(new DefaultThreadFactory("herald-dispatch", true)));
  }

  /**
   * The same on a thread of the caller's.
   *
   * @param thread one thread, which can also schedule
   */
  public Dispatcher(
      EventLog log,
      Mailboxes mailboxes,
      PushMeters meters,
      LongSupplier nanoClock,
      InstantSource clock,
      EventExecutor thread) {
    this.log = log;
    this.mailboxes = mailboxes;
    this.meters = meters;
    this.nanoClock = nanoClock;
    this.clock = clock;
    this.thread = thread;
    every(EXPIRE_INTERVAL_MILLIS, this::expire);
    every(SWEEP_INTERVAL_MILLIS, mailboxes::forgetReleased);
  }

  /**
   * Appends these events in their order and pushes them. Feed thread; waits while several batches
   * are in flight already, so that a slow dispatch slows the feed and not the heap.
   */
  public void publish(List<Event> events) throws InterruptedException {
    long publishedAtNanos = nanoClock.getAsLong();
    inFlight.acquire();
    thread.execute(
        () -> {
          try {
            append(events, publishedAtNanos);
          } finally {
            inFlight.release();
          }
        });
  }

  /** Gives a new connection its place and wakes it. Any thread. */
  public void open(Cursor cursor) {
    thread.execute(
        () -> {
          mailboxes.open(cursor, nanoClock.getAsLong(), clock.instant());
          cursor.eventLoop().execute(cursor::wake);
        });
  }

  /** Lets a connection go; its cursor's event loop. */
  public void close(Cursor cursor) {
    boolean attached = cursor.isAttached();
    long acknowledged = cursor.acknowledged();
    boolean unsettled = cursor.isUnsettled();
    thread.execute(
        () ->
            mailboxes.close(
                cursor,
                attached ? acknowledged : cursor.acknowledged(),
                attached ? unsettled : cursor.isUnsettled(),
                nanoClock.getAsLong()));
  }

  /**
   * Forgets one remembered position of the user, which this connection has made good. Any thread.
   */
  public void settle(Cursor cursor) {
    thread.execute(() -> mailboxes.settle(cursor));
  }

  private void append(List<Event> events, long publishedAtNanos) {
    if (events.isEmpty()) {
      return;
    }
    batch++;
    long nowNanos = nanoClock.getAsLong();
    for (Event event : events) {
      log.append(event, nowNanos);
      mailboxes.deliver(event, batch, this::touched);
    }
    long committedAtNanos = events.get(0).committedAtNanos();
    for (Map.Entry<Executor, LoopBatch> entry : batchByLoop.entrySet()) {
      entry.getValue().send(entry.getKey(), committedAtNanos, publishedAtNanos);
    }
    batchByLoop.clear();
  }

  private void touched(Cursor cursor) {
    batchByLoop
        .computeIfAbsent(cursor.eventLoop(), loop -> new LoopBatch(meters, nanoClock))
        .add(cursor);
  }

  private void expire() {
    long nowNanos = nanoClock.getAsLong();
    log.prune(nowNanos);
    mailboxes.expire(nowNanos);
  }

  private void every(long intervalMillis, Runnable task) {
    var unused =
        thread.scheduleWithFixedDelay(task, intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
  }

  /** Ends the dispatch thread; what is published later is dropped. */
  @Override
  public void close() {
    var unused = thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
