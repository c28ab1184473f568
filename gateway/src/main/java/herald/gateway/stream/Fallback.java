package herald.gateway.stream;

import herald.gateway.feed.EventSource;
import herald.gateway.logging.Field;
import herald.gateway.metrics.StreamMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the database's notifications read while the stream is away, and goes back to the stream: a
 * thread of its own looks how the stream is, a few times a second, begins the database's feed and
 * ends it.
 */
final class Fallback implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Fallback.class);
  private static final long LOOK_MILLIS = 100;

  /** Beginning and ending a feed, which connects to nothing itself. */
  private static final long LONGEST_TURN_MILLIS = 60_000;

  private final SourceSwitch sources;
  private final FallbackRule rule;
  private final Feeds feeds;
  private final BooleanSupplier hasBegun;
  private final Supplier<@Nullable String> streamProblem;
  private final LongSupplier nanoClock;
  private final StreamMeters meters;
  private final IsolatedFailures failures;
  private final SupervisedThread supervised;
  private final Thread thread;
  private volatile @Nullable EventSource feed;
  private boolean isClosed;

  /** Makes a feed of the database's notifications that begins where the stream has ended. */
  @FunctionalInterface
  interface Feeds {
    /** Puts it together; it connects to nothing yet. */
    EventSource make(SourceSwitch.Begin begin);
  }

  /**
   * @param hasBegun whether the past of the stream has been read: before that nobody is let in, and
   *     there is nothing to go on with
   * @param streamProblem why the stream does not bring events; null if it does
   * @param afterMillis for how long that has to be so
   */
  Fallback(
      SourceSwitch sources,
      Feeds feeds,
      BooleanSupplier hasBegun,
      Supplier<@Nullable String> streamProblem,
      long afterMillis,
      LongSupplier nanoClock,
      StreamMeters meters,
      Supervisor supervisor) {
    this.sources = sources;
    this.feeds = feeds;
    this.hasBegun = hasBegun;
    this.streamProblem = streamProblem;
    this.nanoClock = nanoClock;
    this.meters = meters;
    rule = new FallbackRule(afterMillis, nanoClock.getAsLong());
    failures = supervisor.failures();
    supervised = supervisor.thread("herald-fallback", LONGEST_TURN_MILLIS);
    thread =
        new DefaultThreadFactory("herald-fallback", true).newThread(supervised.watch(this::run));
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        supervised.turn();
        failures.run(Place.STREAM, this::turn);
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Looks once. Fallback's thread. */
  synchronized void turn() {
    EventSource begun = feed;
    String problem = streamProblem.get();
    long nowNanos = nanoClock.getAsLong();
    if (isClosed) {
      return;
    }
    if (begun == null) {
      if (rule.whileStream(problem == null, nowNanos) == FallbackRule.Step.BEGIN
          && hasBegun.getAsBoolean()) {
        begin(String.valueOf(problem));
      }
    } else if (!sources.isDatabase()
        || rule.whileDatabase(problem == null, begun.problem() == null, sources.state(), nowNanos)
            == FallbackRule.Step.END) {
      end();
    }
  }

  private void begin(String reason) {
    SourceSwitch.Begin begin = sources.begin();
    try {
      EventSource made = feeds.make(begin);
      feed = made;
      made.start();
    } catch (RuntimeException | Error e) {
      endFeed();
      sources.end();
      throw e;
    }
    meters.fellBack();
    LOG.warn(
        "the stream does not bring events ({}): from now on they come from the database's"
            + " notifications, beginning with what was committed since the stream's last mark",
        Field.of("reason", reason));
  }

  private void end() {
    // In this order: what the feed hands over from now on, the stream has.
    sources.end();
    endFeed();
    LOG.warn("the stream brings events again: the database's notifications are not read any more");
  }

  private void endFeed() {
    EventSource begun = feed;
    feed = null;
    if (begun != null) {
      begun.close();
    }
  }

  /** Whether the database is the source. Any thread. */
  boolean isActive() {
    return feed != null;
  }

  /** Why the database's feed does not bring events; null if it does, or is not the source. */
  @Nullable String problem() {
    EventSource begun = feed;
    String problem = begun == null ? null : begun.problem();
    return problem == null
        ? null
        : "events come from the database, since the stream does not bring them: " + problem;
  }

  @Override
  public void close() {
    supervised.mayEnd();
    thread.interrupt();
    synchronized (this) {
      isClosed = true;
      endFeed();
    }
  }
}
