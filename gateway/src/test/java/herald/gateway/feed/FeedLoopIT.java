package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.GatewayConfig;
import herald.gateway.database.Pools;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.MemoryLimits;
import herald.gateway.fanout.PositionJournal;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The feed on an event loop, which serves its sockets and never waits. */
@SuppressWarnings("NullAway.Init") // set by start
class FeedLoopIT {
  private static final int TIMEOUT_MILLIS = 10_000;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Meters meters = new Meters(registry);
  private final Supervisor supervisor = new Supervisor(meters.supervision(), System::nanoTime);
  private SharedDatabase database;
  private GatewayConfig config;
  private Dispatcher dispatcher;
  private EventLoopGroup group;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    config = TestGateway.config(database.url());
    dispatcher =
        new Dispatcher(
            MemoryLimits.of(config.eventLog()),
            new PositionJournal(false),
            meters,
            System::nanoTime,
            InstantSource.system(),
            supervisor);
    group = group(Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  }

  private static EventLoopGroup group(IoHandlerFactory sockets) {
    return new MultiThreadIoEventLoopGroup(1, sockets);
  }

  @AfterEach
  void stop() {
    dispatcher.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private EventLoop loop() {
    return (EventLoop) group.iterator().next();
  }

  /** The thread on which a notification is heard. */
  private Thread heardOn() throws Exception {
    CompletableFuture<Thread> heard = new CompletableFuture<>();
    try (ListenerConnection connection =
        ListenerConnection.open(
            DatabaseUrl.parse(database.url()),
            TIMEOUT_MILLIS,
            TIMEOUT_MILLIS,
            (channel, payload) -> heard.complete(Thread.currentThread()),
            () -> {},
            "some_channel")) {
      connection.serveOn(new FeedLoop(this::loop, dispatcher));
      connection.execute("notify some_channel");
      return heard.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void aConnectionIsServedByTheEventLoop() throws Exception {
    Thread thread = heardOn();
    assertThat(loop().submit(Thread::currentThread).get()).isEqualTo(thread);
  }

  @Test
  void soIsTheConnectionForReading() throws Exception {
    CompletableFuture<Thread> answered = new CompletableFuture<>();
    try (DirectConnection connection =
        DirectConnection.open(
            DatabaseUrl.parse(database.url()),
            config.feed(),
            new FeedLoop(this::loop, dispatcher),
            () -> {})) {
      connection.read(
          Map.of("none", 0L),
          TIMEOUT_MILLIS,
          new DirectConnection.Answer() {
            @Override
            public void onRows(List<RpcLog> rows, long nanos) {
              answered.complete(Thread.currentThread());
            }

            @Override
            public void onFailure(Throwable why) {
              answered.completeExceptionally(why);
            }
          });
      assertThat(answered.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS))
          .isEqualTo(loop().submit(Thread::currentThread).get());
    }
  }

  @Test
  void anEventLoopOfAnotherKindLeavesTheConnectionWhereItIs() throws Exception {
    stop();
    group = group(LocalIoHandler.newFactory());
    Thread thread = heardOn();
    assertThat(loop().submit(Thread::currentThread).get()).isNotEqualTo(thread);
    assertThat(thread.getName()).startsWith("PG-JDBC");
  }

  private static boolean isPublishing(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .anyMatch(
            frame ->
                frame.getClassName().equals(Dispatcher.class.getName())
                    && frame.getMethodName().equals("publish"));
  }

  private double direct() {
    return registry.get("herald.feed.direct.rows").counter().count();
  }

  /** Whether the connection for reading has been asked, and has answered, since this moment. */
  private boolean hasBeenReadSince(String moment) {
    try {
      return database
          .query(
              "select count(*) from pg_stat_activity where datname = current_database()"
                  + " and state = 'idle' and query_start > '"
                  + moment
                  + "' and application_name = '"
                  + DirectConnection.APPLICATION_NAME
                  + "'")
          .equals("1");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatIsReadIsPublishedWhenTheDispatcherIsFreeAndTheLoopGoesOnMeanwhile() throws Exception {
    Platform platform = new Platform(database.dataSource());
    Community community = new Community(database.dataSource());
    PlatformUser alice = community.createUser("alice", "0xa");
    PlatformUser bob = community.createUser("bob", "0xb");
    String chat = platform.createChat(alice, bob).subjectId();
    try (Pools pools = new Pools(config, registry)) {
      FeedOutput output = FeedOutput.ofInstance(dispatcher, null, this::loop);
      Feed feed = new Feed(config, pools, output, meters, supervisor, InstantSource.system());
      feed.start();
      Eventually.holds("the feed is ready", 30, () -> feed.problem() == null && feed.hasBegun());
      long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (direct() == 0) {
        assertThat(System.nanoTime()).as("rows are read directly").isLessThan(deadlineNanos);
        long tail = dispatcher.tail();
        platform.message(alice, chat, "before");
        Eventually.holds("it is published", 30, () -> dispatcher.tail() == tail + 1);
      }

      double before = direct();
      long tail = dispatcher.tail();
      // The event counts before the loop that publishes it has left.
      Eventually.holds("the dispatcher is free", 30, dispatcher::tryEnter);
      try {
        String moment = database.query("select clock_timestamp()");
        platform.message(alice, chat, "while somebody else has the lock");
        Eventually.holds("the row has been read", 30, () -> hasBeenReadSince(moment));
        for (int i = 0; i < 100; i++) {
          loop().submit(() -> {}).get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        }
        assertThat(dispatcher.tail()).isEqualTo(tail);
        assertThat(Thread.getAllStackTraces().values())
            .as("what waits to publish")
            .noneMatch(FeedLoopIT::isPublishing);
      } finally {
        dispatcher.leave();
      }
      Eventually.holds("it is published", 30, () -> dispatcher.tail() == tail + 1);
      assertThat(direct()).isEqualTo(before + 1);
      feed.close();
    }
  }
}
