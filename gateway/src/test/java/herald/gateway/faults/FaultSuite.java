package herald.gateway.faults;

import herald.gateway.demo.Community;
import herald.gateway.demo.EmbeddedDatabase;
import herald.gateway.demo.Platform;
import herald.gateway.demo.PlatformUser;
import herald.gateway.testing.GatewayProcess;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestGateway;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One run: three gateway processes on one database, each behind a line of its own, clients spread
 * over them, writers, and faults one after the other. At the end of a round the writers rest, and
 * what arrived is compared with what the database says.
 */
final class FaultSuite implements AutoCloseable {
  private static final int INSTANCES = 3;
  private static final int TRANSACTIONS_PER_SECOND = 100;
  private static final int ARTISTS = 5;
  private static final long SETTLE_SECONDS = 60;
  private static final long SLOW_SECONDS = 8;
  private static final long MUTE_SECONDS = 5;
  private static final long SILENT_SECONDS = 15;

  /**
   * A lost line and a client that does not read are noticed within the short faults. The replay is
   * longer than one instance may be behind the others, since the clients go from any to any.
   */
  private static final Map<String, String> OPTIONS =
      Map.of(
          "HERALD_REPLAY", "30s",
          "HERALD_PROBE_TIMEOUT", "2s",
          "HERALD_WRITE_DEADLINE", "1s",
          "HERALD_SEND_BUFFER", "4k",
          "HERALD_HIGH_WATERMARK", "4k",
          "HERALD_LOW_WATERMARK", "2k");

  private final EmbeddedDatabase database = EmbeddedDatabase.start();
  private final List<TcpProxy> lines = new ArrayList<>();
  private final CopyOnWriteArrayList<GatewayProcess> gateways = new CopyOnWriteArrayList<>();
  private final List<RestlessClient> clients = new ArrayList<>();
  private final Ledger ledger = new Ledger(database.dataSource());
  private final Map<String, List<PlatformUser>> chats = new LinkedHashMap<>();
  private final List<PlatformUser> artists = new ArrayList<>();
  private final AtomicInteger dropped = new AtomicInteger();
  private final Random random;
  private final Platform platform;
  private int faults;

  /**
   * Starts the database, the instances and the clients.
   *
   * @param dropOneIn makes the clients lie: one event in so many is said not to have come
   */
  FaultSuite(int users, int clientsPerUser, long seed, int dropOneIn) throws Exception {
    random = new Random(seed);
    PGSimpleDataSource writers = (PGSimpleDataSource) database.dataSource();
    writers.setApplicationName("writer");
    writers.setAssumeMinServerVersion("15");
    platform = new Platform(writers);
    Community community = new Community(database.dataSource());
    List<PlatformUser> people = new ArrayList<>();
    List<WalletKey> keys = new ArrayList<>();
    SecureRandom secure = new SecureRandom();
    for (int i = 0; i < users; i++) {
      keys.add(WalletKey.random(secure));
      people.add(new PlatformUser(i + 1, "user" + i, keys.get(i).wallet()));
    }
    community.createUsers(people);
    createChats(people);
    for (int i = 0; i < people.size(); i++) {
      if (i < ARTISTS) {
        artists.add(people.get(i));
      } else {
        community.follow(people.get(i), people.get(i % ARTISTS));
      }
    }
    AtomicInteger arrived = new AtomicInteger();
    BooleanSupplier drop =
        () -> {
          boolean isDropped = dropOneIn > 0 && arrived.incrementAndGet() % dropOneIn == 0;
          if (isDropped) {
            dropped.incrementAndGet();
          }
          return isDropped;
        };
    for (int i = 0; i < INSTANCES; i++) {
      gateways.add(startGateway());
    }
    for (GatewayProcess gateway : gateways) {
      gateway.awaitReady();
    }
    for (int i = 0; i < users; i++) {
      for (int device = 0; device < clientsPerUser; device++) {
        clients.add(new RestlessClient(people.get(i).userId(), keys.get(i), this::anyPort, drop));
      }
    }
    awaitAllConnected();
  }

  private GatewayProcess startGateway() throws IOException {
    TcpProxy line = new TcpProxy(database.port());
    lines.add(line);
    return GatewayProcess.serve(
        database.url().replace(":" + database.port() + "/", ":" + line.port() + "/"), OPTIONS);
  }

  private void createChats(List<PlatformUser> people) throws SQLException {
    for (int i = 0; i < people.size(); i++) {
      List<PlatformUser> members = new ArrayList<>();
      int size = i % 3 == 0 ? 5 : 2;
      for (int n = 0; n < size; n++) {
        members.add(people.get((i + n * (1 + i % 7)) % people.size()));
      }
      members = List.copyOf(new HashSet<>(members));
      PlatformUser[] others = members.subList(1, members.size()).toArray(PlatformUser[]::new);
      String chat = platform.createChat(members.get(0), others).subjectId();
      chats.putIfAbsent(chat, members);
    }
  }

  private int anyPort() {
    return gateways.get(ThreadLocalRandom.current().nextInt(gateways.size())).port();
  }

  private void awaitAllConnected() throws InterruptedException {
    TestGateway.Eventually.holds(
        "all clients are connected",
        SETTLE_SECONDS,
        () -> clients.stream().allMatch(client -> client.connects() > 0));
  }

  /** Something that goes wrong. */
  @FunctionalInterface
  interface Fault {
    void happen(FaultSuite suite) throws Exception;
  }

  /** Lets the faults happen one after the other while writers write, then waits and counts. */
  Report run(List<Fault> faultsInOrder, long pauseMillis) throws Exception {
    long sinceMicros = happen(faultsInOrder, pauseMillis);
    return report(sinceMicros, SETTLE_SECONDS);
  }

  /** Writes until the clients have pretended of some events that they never came, and counts. */
  Report runUntilDropped(int events) throws Exception {
    Fault wait =
        suite ->
            TestGateway.Eventually.holds(
                "clients drop events", SETTLE_SECONDS, () -> dropped.get() >= events);
    return report(happen(List.of(wait), 0), 1);
  }

  /** Since when it happened, microseconds since the epoch. */
  private long happen(List<Fault> faultsInOrder, long pauseMillis) throws Exception {
    long sinceMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    Writers writers = new Writers(platform, chats, artists, TRANSACTIONS_PER_SECOND);
    try {
      TimeUnit.MILLISECONDS.sleep(pauseMillis);
      for (Fault fault : faultsInOrder) {
        fault.happen(this);
        faults++;
        TimeUnit.MILLISECONDS.sleep(pauseMillis);
      }
    } finally {
      writers.stop();
    }
    clients.forEach(client -> client.setSlow(false));
    return sinceMicros;
  }

  private Report report(long sinceMicros, long settleSeconds) throws Exception {
    ledger.read(sinceMicros);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(settleSeconds);
    Findings findings = compare();
    while (findings.missing > 0 && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(500);
      findings = compare();
    }
    int connects = clients.stream().mapToInt(RestlessClient::connects).sum();
    boolean leaked = gateways.stream().anyMatch(GatewayProcess::hasLeaked);
    long evicted = 0;
    long caughtUp = 0;
    for (GatewayProcess gateway : gateways) {
      evicted += (long) gateway.metric("herald_connections_closed_total{reason=\"too_slow\"}");
      caughtUp += (long) gateway.metric("herald_feed_catchup_rows_total");
    }
    clients.forEach(RestlessClient::nextRound);
    return new Report(
        ledger.events(),
        faults,
        clients.size(),
        connects,
        evicted,
        caughtUp,
        findings,
        gateways.get(0).residentBytes(),
        leaked);
  }

  private Findings compare() {
    Findings all = new Findings();
    for (RestlessClient client : clients) {
      all.add(client.compare(ledger));
    }
    return all;
  }

  /**
   * The figures of a round; those of events, faults and connects are of all rounds so far.
   *
   * @param evicted clients that read too slowly, and
   * @param caughtUp rpc logs that no notification told of, on the instances that run now
   * @param residentBytes memory of the gateway process that is spared, RSS
   */
  record Report(
      int events,
      int faults,
      int clients,
      int connects,
      long evicted,
      long caughtUp,
      Findings findings,
      long residentBytes,
      boolean leaked) {
    @Override
    public String toString() {
      return String.format(
          "%d events, %d faults, %d clients that connected %d times, %d evicted, %d rpc logs caught"
              + " up with; %s; RSS %d MB%s",
          events,
          faults,
          clients,
          connects,
          evicted,
          caughtUp,
          findings,
          residentBytes >> 20,
          leaked ? "; LEAK:" : "");
    }
  }

  // ---- The faults ----

  /** Any but the first, which lives through it all. */
  private GatewayProcess anyGateway() {
    return gateways.get(1 + random.nextInt(gateways.size() - 1));
  }

  private TcpProxy anyLine() {
    return lines.get(random.nextInt(lines.size()));
  }

  /** PostgreSQL ends the connections of all gateways. */
  void terminateBackends() throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where backend_type = 'client backend' and pid <> pg_backend_pid()"
              + " and application_name not in ('writer', '')");
    }
  }

  void cutALine() {
    anyLine().cut();
  }

  void muteALine() throws InterruptedException {
    TcpProxy line = anyLine();
    line.mute();
    TimeUnit.SECONDS.sleep(MUTE_SECONDS);
    line.unmute();
  }

  void someClientsVanish() {
    for (int i = 0; i < clients.size() / 4; i++) {
      clients.get(random.nextInt(clients.size())).vanish();
    }
  }

  /** They come back to the same instance, when the replay alone would not serve them. */
  void someClientsGoSilent() throws InterruptedException {
    for (int i = 0; i < clients.size() / 10; i++) {
      clients.get(random.nextInt(clients.size())).goSilent();
    }
    TimeUnit.SECONDS.sleep(SILENT_SECONDS);
  }

  void someClientsStopReading() throws InterruptedException {
    List<RestlessClient> slow = clients.subList(0, Math.max(1, clients.size() / 20));
    slow.forEach(client -> client.setSlow(true));
    TimeUnit.SECONDS.sleep(SLOW_SECONDS);
    slow.forEach(client -> client.setSlow(false));
  }

  /** SIGKILL for the database; it stays down for a while. */
  void killTheDatabase(long downSeconds) throws Exception {
    database.stopHard();
    TimeUnit.SECONDS.sleep(downSeconds);
    database.restart();
    for (GatewayProcess gateway : gateways) {
      gateway.awaitReady();
    }
  }

  /** A planned restart: a new instance comes, an old one is drained. */
  void drainAnInstance() throws Exception {
    gateways.add(startGateway().awaitReady());
    GatewayProcess old = anyGateway();
    gateways.remove(old);
    int exitCode = old.terminate();
    if (exitCode != 0) {
      throw new AssertionError("a drained gateway exited with " + exitCode);
    }
  }

  void killAnInstance() throws Exception {
    gateways.add(startGateway().awaitReady());
    GatewayProcess old = anyGateway();
    gateways.remove(old);
    old.kill();
  }

  @Override
  public void close() throws IOException {
    clients.forEach(RestlessClient::close);
    gateways.forEach(GatewayProcess::close);
    for (TcpProxy line : lines) {
      line.close();
    }
    database.close();
  }
}
