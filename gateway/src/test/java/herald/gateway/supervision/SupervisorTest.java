package herald.gateway.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import herald.gateway.metrics.Meters;
import herald.gateway.metrics.PartMeters;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.channels.ClosedByInterruptException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

class SupervisorTest {
  private static final String SECRET = "what a client has written";

  private final AtomicLong nowNanos = new AtomicLong(TimeUnit.SECONDS.toNanos(100));
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Supervisor supervisor =
      new Supervisor(new Meters(registry).supervision(), nowNanos::get);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger =
      (Logger) LoggerFactory.getLogger(SupervisedThread.class.getPackageName());

  @BeforeEach
  void gatherLines() {
    lines.start();
    logger.addAppender(lines);
    logger.setAdditive(false);
  }

  @AfterEach
  void detach() {
    logger.detachAppender(lines);
    logger.setAdditive(true);
  }

  private void pass(long seconds) {
    nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  private double metric(String nameAndLabels) {
    return registry
        .scrape()
        .lines()
        .filter(line -> line.startsWith(nameAndLabels + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findAny()
        .orElse(Double.NaN);
  }

  private static void runOnAThread(Runnable body) throws InterruptedException {
    Thread thread = new Thread(body);
    thread.start();
    thread.join();
  }

  private static void fail() {
    throw new IllegalStateException(SECRET, new IllegalArgumentException(SECRET));
  }

  // ---- One thread ----

  @Test
  void aThreadThatStandsStillIsAProblemUntilItMoves() {
    SupervisedThread thread = supervisor.thread("herald-expiry", 30_000);
    pass(1_000);
    assertThat(supervisor.problem()).as("it has not begun").isNull();
    thread.turn();
    pass(30);
    assertThat(supervisor.problem()).isNull();
    pass(12);
    assertThat(supervisor.problem()).isEqualTo("the thread herald-expiry has not moved for 42 s");
    assertThat(metric("herald_thread_turn_seconds{thread=\"herald-expiry\"}")).isEqualTo(42);
    assertThat(metric("herald_thread_turn_longest_seconds{thread=\"herald-expiry\"}"))
        .isEqualTo(30);
    assertThat(metric("herald_thread_alive{thread=\"herald-expiry\"}")).isEqualTo(1);
    thread.turn();
    assertThat(supervisor.problem()).isNull();
    thread.idle();
    pass(1_000);
    assertThat(supervisor.problem()).as("an idle thread does not stand still").isNull();
    assertThat(metric("herald_thread_turn_seconds{thread=\"herald-expiry\"}")).isZero();
  }

  @Test
  void aPartThatHasEndedIsNotLookedAtAnyMore() {
    Meters meters = new Meters(registry);
    try (PartMeters ofPart = meters.part()) {
      Supervisor part = supervisor.part(ofPart.meters().supervision());
      part.thread("herald-part", 30_000).turn();
      pass(42);
      assertThat(supervisor.problem()).isEqualTo("the thread herald-part has not moved for 42 s");
      assertThat(metric("herald_thread_alive{thread=\"herald-part\"}")).isEqualTo(1);
      supervisor.leave(part);
    }
    assertThat(supervisor.problem()).isNull();
    assertThat(registry.scrape()).doesNotContain("herald-part");
  }

  @Test
  void aStandstillIsLoggedOnceWithThePlace() {
    SupervisedThread thread = supervisor.thread("herald-expiry", 30_000);
    thread.periodic(Place.EXPIRY, () -> {}).run();
    pass(42);
    for (int i = 0; i < 3; i++) {
      assertThat(supervisor.problem()).isNotNull();
      pass(1);
    }
    assertThat(lines.list).hasSize(1);
    assertThat(ThrowableProxyUtil.asString(lines.list.get(0).getThrowableProxy()))
        .contains("aStandstillIsLoggedOnceWithThePlace");
    thread.turn();
    pass(42);
    assertThat(supervisor.problem()).isNotNull();
    assertThat(lines.list).hasSize(2);
  }

  @Test
  void theEndOfAThreadIsAProblemForEver() throws Exception {
    SupervisedThread other = supervisor.thread("herald-expiry", 30_000);
    SupervisedThread thread = supervisor.thread("herald-fetch", 30_000);
    other.turn();
    pass(42);
    runOnAThread(thread.watch(SupervisorTest::fail));
    assertThat(supervisor.problem())
        .as("the end counts more than a standstill")
        .isEqualTo("the thread herald-fetch has ended");
    assertThat(metric("herald_thread_alive{thread=\"herald-fetch\"}")).isZero();
    other.turn();
    pass(1_000_000);
    other.turn();
    thread.turn();
    assertThat(supervisor.problem()).isEqualTo("the thread herald-fetch has ended");
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsOnlyOnce("the thread herald-fetch has ended by an exception");
    assertThat(ThrowableProxyUtil.asString(lines.list.get(0).getThrowableProxy()))
        .contains("java.lang.IllegalStateException", "IllegalArgumentException", "SupervisorTest")
        .doesNotContain(SECRET);
  }

  @Test
  void aThreadThatReturnsHasEndedToo() throws Exception {
    SupervisedThread thread = supervisor.thread("herald-fetch", 30_000);
    runOnAThread(thread.watch(() -> {}));
    assertThat(supervisor.problem()).isEqualTo("the thread herald-fetch has ended");
    assertThat(lines.list).hasSize(1);
  }

  @Test
  void anErrorEndsAThreadAsAnExceptionDoes() throws Exception {
    SupervisedThread thread = supervisor.thread("herald-fetch", 30_000);
    runOnAThread(
        thread.watch(
            () -> {
              throw new OutOfMemoryError(SECRET);
            }));
    assertThat(supervisor.problem()).isEqualTo("the thread herald-fetch has ended");
  }

  @Test
  void anEndThatIsMeantIsNoProblem() throws Exception {
    SupervisedThread thread = supervisor.thread("herald-fetch", 30_000);
    thread.turn();
    thread.mayEnd();
    pass(1_000);
    assertThat(supervisor.problem()).isNull();
    runOnAThread(thread.watch(SupervisorTest::fail));
    assertThat(supervisor.problem()).isNull();
    assertThat(lines.list).isEmpty();
  }

  @Test
  void aPeriodicTaskSurvivesWhatItThrows() {
    SupervisedThread timer = supervisor.thread("herald-expiry", 30_000);
    Runnable task = timer.periodic(Place.EXPIRY, SupervisorTest::fail);
    task.run();
    task.run();
    assertThat(metric("herald_isolated_failures_total{place=\"expiry\"}")).isEqualTo(2);
    assertThat(supervisor.problem()).isNull();
    pass(42);
    assertThat(supervisor.problem())
        .as("a timer that beats no more")
        .isEqualTo("the thread herald-expiry has not moved for 42 s");
  }

  @Test
  void aPeriodicTaskThatIsStoppedIsTheEndOfItsTimer() {
    SupervisedThread timer = supervisor.thread("herald-expiry", 30_000);
    Runnable task =
        timer.periodic(
            Place.EXPIRY,
            () -> {
              throw new ThreadDeath();
            });
    assertThatThrownBy(task::run).isInstanceOf(ThreadDeath.class);
    assertThat(supervisor.problem()).isEqualTo("the thread herald-expiry has ended");
  }

  // ---- A pool ----

  private final Deque<Runnable> queue = new ArrayDeque<>();
  private final SupervisedPool pool =
      supervisor.pool("herald-replay", 2, 30_000, 60_000, queue::size);

  @Test
  void theOldestRunningTaskCounts() throws Exception {
    Runnable young = pool.watch(() -> pass(5));
    Runnable old =
        pool.watch(
            () -> {
              pass(20);
              young.run();
              assertThat(supervisor.problem()).isNull();
              pass(17);
              assertThat(metric("herald_thread_turn_seconds{thread=\"herald-replay\"}"))
                  .isEqualTo(42);
              assertThat(supervisor.problem())
                  .isEqualTo("a task of herald-replay has been running for 42 s");
            });
    old.run();
    assertThat(metric("herald_isolated_failures_total{place=\"task\"}")).isZero();
    assertThat(supervisor.problem()).isNull();
    pass(1_000);
    assertThat(supervisor.problem()).as("nothing to do").isNull();
  }

  @Test
  void tasksThatNobodyTakesAreAProblem() {
    pass(1_000);
    queue.add(pool.watch(() -> {}));
    assertThat(supervisor.problem()).as("it has just come").isNull();
    pass(50);
    queue.add(pool.watch(() -> {}));
    pass(20);
    assertThat(supervisor.problem())
        .isEqualTo("2 tasks wait for herald-replay, which has taken none for 70 s");
    assertThat(metric("herald_thread_alive{thread=\"herald-replay\"}")).isZero();
    queue.remove().run();
    assertThat(supervisor.problem()).as("one has been taken").isNull();
    pass(70);
    assertThat(supervisor.problem()).isNotNull();
    pool.mayEnd();
    assertThat(supervisor.problem()).isNull();
  }

  @Test
  void aTaskThatThrowsIsIsolatedAndGivesItsPlaceBack() {
    for (int i = 0; i < 5; i++) {
      pool.watch(SupervisorTest::fail).run();
    }
    assertThat(metric("herald_isolated_failures_total{place=\"task\"}")).isEqualTo(5);
    pass(1_000);
    assertThat(supervisor.problem()).isNull();
    pool.watch(() -> pass(42)).run();
    assertThat(supervisor.problem()).isNull();
  }

  @Test
  void moreThreadsThanWereSaidDoNoHarm() {
    int[] ran = {0};
    Runnable third = pool.watch(() -> ran[0]++);
    Runnable second = pool.watch(third);
    pool.watch(second).run();
    assertThat(ran[0]).isEqualTo(1);
  }

  // ---- Isolated failures ----

  @Test
  void failuresAreCountedByPlaceAndLoggedOncePerIntervalWithoutTheirMessages() {
    IsolatedFailures failures = supervisor.failures();
    for (int i = 0; i < 3; i++) {
      failures.run(Place.WAKE, SupervisorTest::fail);
    }
    failures.run(Place.TIMER, SupervisorTest::fail);
    assertThat(failures.count(Place.WAKE)).isEqualTo(3);
    assertThat(metric("herald_isolated_failures_total{place=\"wake\"}")).isEqualTo(3);
    assertThat(lines.list).as("one line for each place").hasSize(2);
    pass(10);
    failures.run(Place.WAKE, SupervisorTest::fail);
    assertThat(lines.list).hasSize(3);
    assertThat(lines.list.get(2).getFormattedMessage()).contains("waking a connection");
    assertThat(lines.list.get(2).getKeyValuePairs())
        .extracting(KeyValuePair::toString)
        .containsExactly("suppressed=\"2\"");
    assertThat(lines.list)
        .allSatisfy(
            line ->
                assertThat(ThrowableProxyUtil.asString(line.getThrowableProxy()))
                    .contains("java.lang.IllegalStateException", "SupervisorTest.fail")
                    .doesNotContain(SECRET));
  }

  @Test
  void aFailureThatCanNotEvenBeLoggedIsCounted() {
    Error hopeless =
        new StackOverflowError() {
          private static final long serialVersionUID = 1;

          @Override
          public StackTraceElement[] getStackTrace() {
            throw new OutOfMemoryError();
          }
        };
    supervisor.failures().isolated(Place.WAKE, hopeless);
    assertThat(supervisor.failures().count(Place.WAKE)).isEqualTo(1);
  }

  @Test
  void aThreadThatIsStoppedIsNotKeptAlive() {
    IsolatedFailures failures = supervisor.failures();
    assertThatThrownBy(() -> failures.isolated(Place.WAKE, new ThreadDeath()))
        .isInstanceOf(ThreadDeath.class);
    assertThat(failures.count(Place.WAKE)).isZero();
  }

  /** A pool of connections throws an exception of its own when its caller is interrupted. */
  @Test
  void whatIsInterruptedAtTheEndHasNotFailed() {
    Throwable interrupted = new SQLException("no connection", new InterruptedException());
    IsolatedFailures failures = supervisor.failures();
    failures.isolated(Place.TASK, interrupted);
    assertThat(failures.count(Place.TASK)).isEqualTo(1);
    supervisor.onEnding();
    failures.isolated(Place.TASK, interrupted);
    failures.isolated(Place.WAKE, new ClosedByInterruptException());
    assertThat(failures.count(Place.TASK)).isEqualTo(1);
    assertThat(failures.count(Place.WAKE)).isZero();
    SQLException circular = new SQLException();
    circular.initCause(new SQLException(circular));
    failures.isolated(Place.WAKE, circular);
    assertThat(failures.count(Place.WAKE)).isEqualTo(1);
    assertThat(lines.list).hasSize(2);
  }
}
