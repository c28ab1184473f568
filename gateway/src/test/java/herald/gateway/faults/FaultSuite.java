package herald.gateway.faults;

import herald.gateway.testing.RunningHerald;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One run: three gateway processes on one database, each behind a line of its own, clients that
 * reach them through a balancer, writers, and faults one after the other. At the end of a round the
 * writers rest, and what arrived is compared with what the database says.
 */
final class FaultSuite implements AutoCloseable {
  private static final int INSTANCES = 3;
  private static final int TRANSACTIONS_PER_SECOND = 100;
  private static final long SETTLE_SECONDS = 120;
  private static final long POLL_MILLIS = 500;

  /** Longer than any client sleeps. */
  private static final long ASLEEP_SECONDS = 420;

  private final SuiteDatabase database;
  private final Balancer balancer;
  private final Fleet fleet;
  private final Instances instances;
  private final List<RestlessClient> clients = new ArrayList<>();
  private final Recent recent = new Recent();
  private final Ledger ledger = new Ledger();
  private final AtomicInteger arrived = new AtomicInteger();
  private final AtomicInteger dropped = new AtomicInteger();
  private final int dropOneIn;
  private final Random random;
  private final Population population;
  private final Faults faults;
  private int faultsHappened;

  /**
   * What a run is like.
   *
   * @param dropOneIn makes the clients lie: one event in so many is said not to have come
   * @param readsStream whether the instances read a stream that relays fill; else they listen to
   *     the database
   */
  record Shape(int users, int clientsPerUser, long seed, int dropOneIn, boolean readsStream) {}

  private FaultSuite(
      SuiteDatabase database, @Nullable Relays relays, Balancer balancer, Shape shape) {
    this.database = database;
    this.balancer = balancer;
    dropOneIn = shape.dropOneIn();
    random = new Random(shape.seed());
    instances = new Instances(database, relays, balancer, random);
    fleet = new Fleet(instances, relays);
    population = new Population(shape.users());
    faults = new Faults(database, fleet, clients, population, ledger, random);
  }

  /** Starts the database, the instances and the clients. */
  static FaultSuite start(Shape shape) throws Exception {
    return start(shape, null);
  }

  /**
   * The same with another version.
   *
   * @param version {@code bin/herald} of its distribution; null for the code of the tests
   */
  static FaultSuite start(Shape shape, @Nullable Path version) throws Exception {
    Balancer balancer = Balancer.start();
    System.out.printf("clients connect %s; seed %d%n", balancer.description(), shape.seed());
    FaultSuite suite = create(balancer, shape);
    try {
      if (version != null) {
        suite.instances.use(version);
      }
      suite.start(shape.clientsPerUser());
      return suite;
    } catch (Exception | Error e) {
      try (suite) {
        throw e;
      }
    }
  }

  private static FaultSuite create(Balancer balancer, Shape shape) throws Exception {
    try {
      return create(SuiteDatabase.start(), balancer, shape);
    } catch (Exception | Error e) {
      try (balancer) {
        throw e;
      }
    }
  }

  private static FaultSuite create(SuiteDatabase database, Balancer balancer, Shape shape)
      throws Exception {
    try {
      Relays relays = shape.readsStream() ? Relays.start(database, new Random(shape.seed())) : null;
      return new FaultSuite(database, relays, balancer, shape);
    } catch (Exception | Error e) {
      try (database) {
        throw e;
      }
    }
  }

  private void start(int clientsPerUser) throws Exception {
    population.create(database);
    for (int i = 0; i < INSTANCES; i++) {
      instances.start();
    }
    instances.awaitReady();
    for (int i = 0; i < population.size(); i++) {
      for (int device = 0; device < clientsPerUser; device++) {
        clients.add(
            new RestlessClient(
                population.user(i).userId(),
                population.key(i),
                instances::port,
                "device " + device,
                i % 2 == 0,
                this::drops));
      }
    }
    Eventually.holds(
        "all clients are connected",
        SETTLE_SECONDS,
        () -> clients.stream().allMatch(client -> client.connects() > 0));
  }

  /** Writes what all processes of Herald have said to a directory. */
  void writeOutputs(Path directory) throws IOException {
    fleet.writeOutputs(directory);
  }

  private boolean drops() {
    boolean isDropped = dropOneIn > 0 && arrived.incrementAndGet() % dropOneIn == 0;
    if (isDropped) {
      dropped.incrementAndGet();
    }
    return isDropped;
  }

  /** Lets the faults happen one after the other while writers write, then waits and counts. */
  Report run(List<Faults.Fault> faultsInOrder, long pauseMillis) throws Exception {
    return round(faultsInOrder, pauseMillis, SETTLE_SECONDS);
  }

  /** Writes until the clients have pretended of some events that they never came, and counts. */
  Report runUntilDropped(int events) throws Exception {
    Faults.Fault wait =
        any ->
            Eventually.holds("clients drop events", SETTLE_SECONDS, () -> dropped.get() >= events);
    return round(List.of(wait), 0, 1);
  }

  private Report round(List<Faults.Fault> faultsInOrder, long pauseMillis, long settleSeconds)
      throws Exception {
    UnreadableCounts unreadable = new UnreadableCounts(fleet.tableReaders());
    long sinceMicros = database.nowMicros();
    happen(faultsInOrder, pauseMillis);
    ledger.read(database, sinceMicros);
    Eventually.holds(
        "those who sleep have come back",
        ASLEEP_SECONDS,
        () -> clients.stream().noneMatch(RestlessClient::isAway));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(settleSeconds);
    Findings findings = compare(unreadable);
    while (findings.isToBeWaitedFor() && System.nanoTime() - deadline < 0) {
      // Between two comparisons, until the deadline.
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      findings = compare(unreadable);
    }
    Report report = report(findings);
    clients.forEach(RestlessClient::nextRound);
    return report;
  }

  private void happen(List<Faults.Fault> faultsInOrder, long pauseMillis) throws Exception {
    Writers writers =
        new Writers(database.writers(), population, recent, random, TRANSACTIONS_PER_SECOND);
    try {
      // The pauses are the load without a fault, which is a part of what is tried.
      TimeUnit.MILLISECONDS.sleep(pauseMillis);
      for (Faults.Fault fault : faultsInOrder) {
        fault.happen(faults);
        faultsHappened++;
        TimeUnit.MILLISECONDS.sleep(pauseMillis);
      }
    } finally {
      writers.stop();
    }
  }

  private Findings compare(UnreadableCounts unreadable) throws IOException {
    Findings all = new Findings();
    for (RestlessClient client : clients) {
      all.add(client.compare(ledger));
    }
    unreadable.compare(all, fleet.tableReaders(), ledger.unreadable());
    return all;
  }

  private Report report(Findings findings) throws IOException {
    long missingRows = 0;
    for (RunningHerald reader : fleet.tableReaders()) {
      missingRows += (long) reader.metric("herald_rpc_logs_total", "outcome=\"missing_row\"");
    }
    return new Report(
        ledger.events(),
        recent.poison(),
        ledger.unreadable(),
        faultsHappened,
        clients.size(),
        clients.stream().mapToInt(RestlessClient::connects).sum(),
        faults.evicted(),
        fleet.sum("herald_feed_catchup_rows_total"),
        fleet.sum("herald_feed_unannounced_total"),
        disturbed(ExchangeDisturbance::lost),
        disturbed(ExchangeDisturbance::late),
        disturbed(ExchangeDisturbance::repeated),
        missingRows,
        fleet.sum("herald_isolated_failures_total"),
        findings,
        instances.first().residentBytes(),
        fleet.all().stream().anyMatch(RunningHerald::hasLeaked));
  }

  private int disturbed(ToIntFunction<ExchangeDisturbance> count) {
    return instances.disturbances().stream().mapToInt(count).sum();
  }

  @Override
  public void close() throws IOException {
    try (database;
        balancer;
        fleet) {
      clients.forEach(RestlessClient::close);
    }
  }
}
