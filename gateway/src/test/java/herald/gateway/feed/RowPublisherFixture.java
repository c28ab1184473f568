package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.FeedSettings;
import herald.gateway.database.ServerIdentity;
import herald.gateway.device.Device;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Cursor;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.MemoryLimits;
import herald.gateway.fanout.PositionJournal;
import herald.gateway.fanout.RowOrder;
import herald.gateway.fanout.Subscriber;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.BrittleDatabase;
import herald.protocol.BlastMessages;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import herald.protocol.ParsedRpc;
import herald.protocol.StoredBlast;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A publisher whose blasts are expanded as the test says, and a client that reads all of a fan. */
final class RowPublisherFixture implements AutoCloseable {
  static final int ARTIST = 1;
  static final int FAN = 2;
  static final int FRIEND = 3;
  static final int OTHER_ARTIST = 4;

  private static final long MAX_EVENT_BYTES = 5L << 20;
  private static final long WAIT_SECONDS = 20;
  private static final FeedPoint POINT =
      new FeedPoint(0, 0, 0, 0, 0, new ServerIdentity(0, false, ""), "");

  /** Some milliseconds each. */
  static final int MOST_WAITS = 500;

  private final MeterRegistry registry;
  private final Supervisor supervisor;
  private final Dispatcher dispatcher;
  private final Map<String, CompletableFuture<@Nullable List<Event>>> expansions =
      new ConcurrentHashMap<>();

  private final Map<String, CompletableFuture<@Nullable RpcLog>> largeTexts =
      new ConcurrentHashMap<>();

  /** What the expander and the readers of large texts have asked for, in that order. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  private final Semaphore done = new Semaphore(0);
  private final Cursor fan;

  /** Called while the publisher waits for room. */
  Runnable onTurn = () -> {};

  final RowPublisher publisher;

  RowPublisherFixture(MeterRegistry registry, BlastBarrier barrier) {
    this.registry = registry;
    Meters meters = new Meters(registry);
    supervisor = new Supervisor(meters.supervision(), System::nanoTime);
    dispatcher =
        new Dispatcher(
            new MemoryLimits(TimeUnit.MINUTES.toNanos(10), 1 << 20, 0, 100),
            new PositionJournal(false),
            meters,
            System::nanoTime,
            InstantSource.system(),
            supervisor,
            // Nobody runs it, and nothing is to be let go.
            new EmbeddedChannel().eventLoop());
    BlastExpander blasts =
        new BlastExpander(
            this::expand, 1_000, meters.feed(), supervisor, () -> null, done::release);
    EventFactory factory = new EventFactory(FeedSettings.defaults());
    LargeRows largeRows =
        new LargeRows(
            this::readWhole, factory, 1_000, meters.feed(), supervisor, () -> null, done::release);
    Outcomes outcomes = new Outcomes(meters.feed());
    RowEvents rowEvents =
        new RowEvents(new EventBound(MAX_EVENT_BYTES), barrier, outcomes, meters.feed());
    publisher =
        new RowPublisher(
            new RowDecisions(
                factory,
                new NewChatReader(new BrittleDatabase(), null),
                blasts,
                largeRows,
                rowEvents,
                outcomes,
                new DatabaseRetry(
                    meters.feed(), LoggerFactory.getLogger(getClass()), () -> null, () -> {})),
            rowEvents,
            blasts,
            largeRows,
            barrier,
            new RowPlacing(barrier, MOST_WAITS),
            dispatcher,
            new DuplicateFilter(TimeUnit.MINUTES.toNanos(1), System.nanoTime()),
            outcomes,
            supervisor.failures(),
            meters.feed(),
            meters.push(),
            () -> onTurn.run());
    fan = open(Subscriber.of(FAN));
  }

  private Cursor open(Subscriber subscriber) {
    Cursor cursor = new Cursor(subscriber, Runnable::run, now -> {});
    dispatcher.open(cursor);
    return cursor;
  }

  private static List<String> read(Cursor cursor) {
    List<String> names = new ArrayList<>();
    for (EncodedEvent event = cursor.peek(); event != null; event = cursor.peek()) {
      String head = new String(event.head(), StandardCharsets.UTF_8);
      names.add(head.contains("gateway.gap") ? "gap" : head.replaceAll(".*_id\":\"|\".*", ""));
      cursor.advance();
    }
    return names;
  }

  /** What has come to the fan since the last time; a gap is called so. */
  List<String> arrived() {
    return read(fan);
  }

  /** What comes to the fan on a connection that names a message as the last that it has. */
  List<String> behind(String messageId) {
    EventId named = EventId.of("row of " + messageId, 0);
    return read(open(new Subscriber(FAN, Device.UNKNOWN, named.appliedAtMicros(), named)));
  }

  // ---- Rows ----

  static RpcLog blast(int sender, String blastId) {
    return blast(sender, blastId, 0);
  }

  static RpcLog blast(int sender, String blastId, long relayedAtMicros) {
    ParsedRpc rpc = new ParsedRpc("chat.blast", null, null, null, blastId, null);
    return new RpcLog(
        "row of " + blastId, 1, "{}", rpc, relayedAtMicros, 0, List.of(sender), null, Set.of(), 0);
  }

  /** A row that is in no chat and of which nothing is pushed. */
  static RpcLog read(int sender) {
    ParsedRpc rpc = new ParsedRpc("chat.read", null, "chat", null, null, null);
    return new RpcLog("row of a reading", 1, "{}", rpc, 0, 0, List.of(sender), null, Set.of(), 0);
  }

  /** A message to the fan. */
  static RpcLog message(int sender, String messageId) {
    String chat = "of " + sender;
    ParsedRpc rpc = new ParsedRpc("chat.message", null, chat, messageId, null, null);
    StoredMessage stored =
        new StoredMessage(
            messageId, chat, sender, "text", List.of(FAN, sender), List.of(), List.of());
    return new RpcLog(
        "row of " + messageId, 1, "{}", rpc, 0, 0, List.of(sender), stored, Set.of(), 0);
  }

  void publish(RpcLog... rows) throws InterruptedException {
    publisher.publish(List.of(rows), System.nanoTime(), POINT);
  }

  /** A row of which the text has not been read. */
  static RpcLog large(int sender, String messageId) {
    return new RpcLog(
        "row of " + messageId, 1, null, null, 0, 0, List.of(sender), null, Set.of(), 0);
  }

  // ---- Large texts ----

  private @Nullable RpcLog readWhole(String signature, long receivedAtNanos) throws SQLException {
    String name = signature.replace("row of ", "");
    asked.add(name);
    return result(largeText(name));
  }

  private CompletableFuture<@Nullable RpcLog> largeText(String name) {
    return largeTexts.computeIfAbsent(name, id -> new CompletableFuture<>());
  }

  /** The text has been read; null if the row is not there. */
  void findText(String name, @Nullable RpcLog whole) {
    CompletableFuture<@Nullable RpcLog> found = CompletableFuture.completedFuture(whole);
    CompletableFuture<@Nullable RpcLog> asked = largeTexts.put(name, found);
    if (asked != null) {
      asked.complete(whole);
    }
  }

  void failText(String name, Throwable failure) {
    largeText(name).completeExceptionally(failure);
  }

  // ---- Expansions ----

  private @Nullable List<Event> expand(
      EventFactory.Decision.Blast blast, HeldRow.@Nullable TimeSpan gap) throws SQLException {
    asked.add(
        blast.blastId()
            + (gap == null ? "" : " as a gap of " + gap.fromMicros() + " to " + gap.toMicros()));
    return result(expansion(blast.blastId()));
  }

  private static <T> T result(CompletableFuture<T> future) throws SQLException {
    try {
      return future.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException failure) {
        throw failure;
      } else if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private CompletableFuture<@Nullable List<Event>> expansion(String blastId) {
    return expansions.computeIfAbsent(blastId, id -> new CompletableFuture<>());
  }

  private static Event toFan(EncodedEvent encoded) {
    return new Event(encoded, Audience.of(FAN), 0, RowOrder.committedAt(0));
  }

  /** The audience of the blast is found: it is the fan. */
  void find(String blastId) {
    StoredBlast blast = new StoredBlast(blastId, ARTIST, "follower_audience", null, null, "", 0);
    expansion(blastId).complete(List.of(toFan(EventEncoder.blast(EventId.of(blastId, 0), blast))));
  }

  /** The same, and the blast has a message in a chat with this user. */
  void findInChatWith(int partner, String blastId) {
    StoredBlast blast = new StoredBlast(blastId, ARTIST, "follower_audience", null, null, "", 0);
    Event inChat =
        new Event(
            new BlastMessages(EventId.of(blastId, 0), blast).forChat("chat"),
            Audience.of(partner),
            0,
            RowOrder.committedAt(0));
    expansion(blastId)
        .complete(List.of(inChat, toFan(EventEncoder.blast(EventId.of(blastId, 0), blast))));
  }

  /** The same for one in whose place there is a gap. */
  void findGap(String blastId) {
    expansion(blastId).complete(List.of(toFan(EventBound.gap(1, 2))));
  }

  void findNone(String blastId) {
    expansion(blastId).complete(null);
  }

  void fail(String blastId, Throwable failure) {
    expansion(blastId).completeExceptionally(failure);
  }

  /** Waits until so many more have come to something, and publishes what there is. */
  void publishDone(int count) throws InterruptedException {
    assertThat(done.tryAcquire(count, WAIT_SECONDS, TimeUnit.SECONDS)).as("expanded").isTrue();
    publisher.publishDone();
  }

  /** How many blasts have had this outcome. */
  int blasts(Outcome outcome) {
    return (int)
        registry
            .get("herald.rpc.logs")
            .tag("method", "chat_blast")
            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
            .counter()
            .count();
  }

  /** How many gaps have been pushed because too much waits. */
  int gaps() {
    return (int) registry.get("herald.feed.gaps.behind.blasts").counter().count();
  }

  @Override
  public void close() {
    publisher.close();
  }
}
