package herald.gateway.relay;

import herald.gateway.config.GatewayConfig;
import herald.gateway.config.WalSettings;
import herald.gateway.database.Pools;
import herald.gateway.feed.Feed;
import herald.gateway.feed.FeedBegin;
import herald.gateway.feed.FeedMark;
import herald.gateway.feed.FeedOutput;
import herald.gateway.feed.PartFeed;
import herald.gateway.logging.Field;
import herald.gateway.metrics.Meters;
import herald.gateway.stream.StreamMessage.PointMark;
import herald.gateway.stream.StreamReader;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins the feed of a relay when the stream has been read: at the last mark that stands there, so
 * that what was committed while no relay ran is published too. When the stream has lost messages at
 * its end, the feed ends, and another one begins in the same way. And keeps the stream there, if
 * that was asked for. A thread of its own.
 */
final class RelayFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RelayFeed.class);
  private static final long LOOK_MILLIS = 100;
  private static final long LONGEST_TURN_MILLIS = 60_000;

  private final GatewayConfig config;
  private final @Nullable WalSettings wal;
  private final Pools pools;
  private final RelayQueue queue;
  private final RelayPublisher publisher;
  private final RelayReading reading;
  private final StreamReader reader;
  private final StreamMaker maker;
  private final Meters meters;
  private final Supervisor supervisor;
  private final InstantSource clock;
  private final SupervisedThread supervised;
  private final Thread thread;

  private volatile @Nullable PartFeed feed;
  private volatile boolean isClosed;

  /** How often the stream had lost messages at its end when the last feed ended. */
  private int rewinds;

  private boolean isPublishing;

  /** Whether marks answer for all rows since some moment, which is known. */
  private volatile boolean answers;

  /**
   * @param wal how the write-ahead log is read; null to hear by notifications
   * @param reader reads the stream, and tells {@code reading} of it
   */
  RelayFeed(
      GatewayConfig config,
      @Nullable WalSettings wal,
      Pools pools,
      RelayQueue queue,
      RelayPublisher publisher,
      RelayReading reading,
      StreamReader reader,
      StreamMaker maker,
      Meters meters,
      Supervisor supervisor,
      InstantSource clock) {
    this.config = config;
    this.wal = wal;
    this.pools = pools;
    this.queue = queue;
    this.publisher = publisher;
    this.reading = reading;
    this.reader = reader;
    this.maker = maker;
    this.meters = meters;
    this.supervisor = supervisor;
    this.clock = clock;
    supervised = supervisor.thread("herald-relay-start", LONGEST_TURN_MILLIS);
    thread =
        new DefaultThreadFactory("herald-relay-start", true).newThread(supervised.watch(this::run));
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!isClosed) {
        supervised.turn();
        supervisor.failures().run(Place.STREAM, this::look);
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void look() {
    maker.makeIfWanted(reader.problem());
    Duration maxAge = reader.maxAge();
    if (maxAge != null) {
      queue.rememberFor(maxAge.toMillis());
    }
    int now = queue.rewinds();
    if (now != rewinds) {
      rewinds = now;
      end();
    }
    if (feed == null && reading.hasReadTheStart(reader.readUntil())) {
      begin();
    }
    confirm();
  }

  /** What the feed hands over stands behind messages that are lost, and is read again. */
  private synchronized void end() {
    PartFeed begun = feed;
    feed = null;
    answers = false;
    if (begun != null && !isClosed) {
      begun.close();
    }
  }

  /** What stands in the stream need not come again. */
  private void confirm() {
    PartFeed begun = feed;
    FeedMark stored = begun == null ? null : queue.takeStoredMark();
    if (begun != null && stored != null) {
      begun.feed().confirm(stored);
    }
  }

  private synchronized void begin() {
    PointMark inStream = queue.lastMark();
    if (isClosed) {
      return;
    }
    PointMark last = inStream == null ? queue.markBeforeRewind() : inStream;
    FeedMark mark = last == null ? markOfTheLastMessage() : last.mark();
    if (last != null) {
      queue.onBegin(last.mark());
      publisher.answersSince(last.sinceXmin());
      answers = true;
    }
    int count = rewinds;
    PartFeed begun =
        PartFeed.make(
            meters,
            supervisor,
            (ofPart, threads) ->
                new Feed(
                    config,
                    wal,
                    pools,
                    FeedOutput.ofRelay(
                        new RelayTarget(queue, count),
                        stored -> onMark(count, stored),
                        mark == null
                            ? null
                            : new FeedBegin(
                                mark,
                                knownSinceMicros(inStream, last),
                                inStream != null && reading.knowsSinceOlder(mark))),
                    ofPart,
                    threads,
                    clock));
    feed = begun;
    queue.onFeed(count);
    if (!isPublishing) {
      isPublishing = true;
      publisher.start();
    }
    begun.start();
  }

  /**
   * Rows that are stamped before have been published, or were in a stream that is lost as a whole;
   * 0 if rows are read whatever their stamps.
   */
  private long knownSinceMicros(@Nullable PointMark inStream, @Nullable PointMark last) {
    if (inStream != null) {
      return reading.knownSinceMicros(inStream.mark());
    }
    return last != null && last.mark().isHeldBack() ? last.mark().older().clockMicros() : 0;
  }

  /**
   * Where to begin if all marks have left the stream, since no relay has run for longer than it
   * keeps them; null if there never was any. The write-ahead log has all that was missed only if
   * the slot is as old, which nobody knows.
   */
  private @Nullable FeedMark markOfTheLastMessage() {
    Instant last = reader.lastStoredAt();
    if (last == null) {
      LOG.info("the stream has no mark of a relay: events begin now");
      return null;
    }
    Instant earliest = clock.instant().minusMillis(config.completeness().catchUpWindowMillis());
    Instant begin = last.isBefore(earliest) ? earliest : last;
    LOG.warn(
        "all marks of relays have left the stream: events begin with rows that were stamped shortly"
            + " before {}, some of which may have been published before",
        Field.of("begin", begin));
    return FeedMark.atTime(ChronoUnit.MICROS.between(Instant.EPOCH, begin));
  }

  /** The first mark of a feed that has begun now is where it has begun. The feed's threads. */
  private void onMark(int count, FeedMark mark) {
    if (!answers && count == queue.rewinds()) {
      publisher.answersSince(mark.point().xmin());
      answers = true;
    }
    queue.onMark(count, mark);
  }

  /** Why events do not arrive as they should, in a sentence; null if they do. Any thread. */
  @Nullable String problem() {
    PartFeed begun = feed;
    return begun == null ? "the stream is being read" : begun.problem();
  }

  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
    }
    supervised.mayEnd();
    thread.interrupt();
    PartFeed begun = feed;
    if (begun != null) {
      begun.close();
    }
  }
}
