package herald.gateway.faults;

import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.gateway.testing.GatewayProcess;
import herald.gateway.testing.RunningHerald;
import herald.gateway.testing.TcpProxy;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What goes wrong, one after the other, while writers write. One thread. */
final class Faults {
  private static final long MUTE_SECONDS = 5;
  private static final long DISTURBED_SECONDS = 15;

  /** Longer than the replay. */
  private static final long SILENT_SECONDS = 13;

  private static final long UNANNOUNCED_SECONDS = 3;
  private static final long LEFT_BEHIND_SECONDS = 5;
  private static final long SLOW_SECONDS = 15;
  private static final long EVICTION_SECONDS = 120;
  private static final long BURST_PAUSE_MILLIS = 500;

  /** Together more than the kernel and the gateway hold for a client that does not read. */
  private static final int BURST_MESSAGES = 30;

  private static final int BURST_TEXT = 3_000;
  private static final String EVICTED = "herald_connections_closed_total{reason=\"too_slow\"}";

  private final SuiteDatabase database;
  private final Fleet fleet;
  private final Instances instances;
  private final @Nullable StreamFaults stream;
  private final List<RestlessClient> clients;
  private final Population population;
  private final Ledger ledger;
  private final Random random;
  private long evicted;

  Faults(
      SuiteDatabase database,
      Fleet fleet,
      List<RestlessClient> clients,
      Population population,
      Ledger ledger,
      Random random) {
    this.database = database;
    this.fleet = fleet;
    instances = fleet.instances();
    Relays relays = fleet.relays();
    stream = relays == null ? null : new StreamFaults(fleet, relays, random);
    this.clients = clients;
    this.population = population;
    this.ledger = ledger;
    this.random = random;
  }

  /** Something that goes wrong. */
  @FunctionalInterface
  interface Fault {
    void happen(Faults faults) throws Exception;
  }

  /** How many clients that did not read were evicted. */
  long evicted() {
    return evicted;
  }

  /** What goes wrong with the stream, of which there has to be one. */
  StreamFaults stream() {
    return Objects.requireNonNull(stream);
  }

  private TcpProxy anyLine() {
    List<TcpProxy> lines = fleet.linesToDatabase();
    return lines.get(random.nextInt(lines.size()));
  }

  private RestlessClient anyClient() {
    return clients.get(random.nextInt(clients.size()));
  }

  private static void sleepUpTo(long leastSeconds, long mostSeconds, Random random)
      throws InterruptedException {
    // At random, so that faults meet in ever other ways.
    TimeUnit.MILLISECONDS.sleep(millisUpTo(leastSeconds, mostSeconds, random));
  }

  private static long millisUpTo(long leastSeconds, long mostSeconds, Random random) {
    return TimeUnit.SECONDS.toMillis(leastSeconds)
        + random.nextInt((int) TimeUnit.SECONDS.toMillis(mostSeconds - leastSeconds));
  }

  /** PostgreSQL ends the connections of all gateways. */
  void terminateBackends() throws SQLException {
    database.terminateGateways();
  }

  void cutALine() {
    anyLine().cut();
  }

  /** Clients move meanwhile, from the instance and to it. */
  void muteALine() throws InterruptedException {
    TcpProxy line = anyLine();
    line.mute();
    someClientsVanish();
    // This and the others like it are how long a fault lasts.
    TimeUnit.SECONDS.sleep(MUTE_SECONDS);
    line.unmute();
  }

  void someClientsVanish() {
    for (int i = 0; i < clients.size() / 4; i++) {
      anyClient().vanish();
    }
  }

  /** They come back to any instance, when the replay alone would not serve them. */
  void someClientsGoSilent() throws InterruptedException {
    Outage outage = new Outage(TimeUnit.SECONDS.toMillis(SILENT_SECONDS), true);
    for (int i = 0; i < clients.size() / 10; i++) {
      anyClient().leave(outage);
    }
    TimeUnit.SECONDS.sleep(SILENT_SECONDS);
  }

  /**
   * Phones that are put away: each says that it goes or loses its link, and comes back later, while
   * other faults happen.
   */
  void someClientsSleep(long leastSeconds, long mostSeconds) {
    for (int i = 0; i < clients.size() / 8; i++) {
      anyClient()
          .leave(new Outage(millisUpTo(leastSeconds, mostSeconds, random), random.nextBoolean()));
    }
  }

  /** SIGSTOP and SIGCONT. Some clients move meanwhile, and the balancer sends some there too. */
  void pauseAnInstance(long leastSeconds, long mostSeconds) throws Exception {
    GatewayProcess paused = instances.any();
    paused.pause();
    try {
      someClientsVanish();
      sleepUpTo(leastSeconds, mostSeconds, random);
    } finally {
      paused.resume();
    }
    instances.awaitReady();
  }

  /**
   * What one instance hears of the others' clients is incomplete, late or said twice. It ends by
   * itself, while other faults happen. Clients move at its beginning and in the middle.
   */
  void disturbTheExchange() throws InterruptedException {
    instances.anyDisturbance().begin(DISTURBED_SECONDS);
    someClientsVanish();
    TimeUnit.SECONDS.sleep(DISTURBED_SECONDS / 3);
    someClientsVanish();
  }

  /**
   * They get more than anybody holds for them, until one has been evicted. Each reads again, and
   * may come back to another instance.
   */
  void someClientsStopReading() throws Exception {
    long before = fleet.sum(EVICTED);
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(EVICTION_SECONDS);
    while (fleet.sum(EVICTED) == before) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new AssertionError("clients do not read, and none is evicted for it");
      }
      List<RestlessClient> slow = new ArrayList<>();
      for (int i = 0; i < Math.max(1, clients.size() / 20); i++) {
        slow.add(anyClient());
      }
      slow.forEach(client -> client.setSlow(true));
      try {
        long readAgainNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SLOW_SECONDS);
        while (System.nanoTime() - readAgainNanos < 0 && fleet.sum(EVICTED) == before) {
          writeTo(slow);
          // Between two bursts, until somebody has been evicted or the time is over.
          TimeUnit.MILLISECONDS.sleep(BURST_PAUSE_MILLIS);
        }
      } finally {
        slow.forEach(client -> client.setSlow(false));
      }
    }
    evicted += fleet.sum(EVICTED) - before;
  }

  private void writeTo(List<RestlessClient> receivers) throws SQLException {
    Platform platform = new Platform(database.writers());
    String text = "x".repeat(BURST_TEXT);
    for (RestlessClient receiver : receivers) {
      String chat = population.chatOf(receiver.userId());
      PlatformUser sender = population.other(chat, receiver.userId());
      try (PlatformTransaction transaction = platform.begin()) {
        for (int i = 0; i < BURST_MESSAGES; i++) {
          transaction.message(sender, chat, text);
        }
        transaction.commit();
      }
    }
  }

  /** SIGKILL for the database; it stays down for a while. */
  void killTheDatabase(long downSeconds) throws Exception {
    database.kill();
    TimeUnit.SECONDS.sleep(downSeconds);
    database.restart();
    fleet.awaitReady();
  }

  /**
   * A standby is promoted and takes over the old primary's name; what the gateways have pooled
   * stays on that one, which goes on for a while.
   */
  void failOver() throws Exception {
    database.failOver(fleet.linesToDatabase());
    fleet.awaitReady();
    TimeUnit.SECONDS.sleep(LEFT_BEHIND_SECONDS);
    database.endLeftBehind();
    fleet.awaitReady();
  }

  /** No notification tells of what is committed; who reads the table says that it is wrong. */
  void disableTheTrigger() throws Exception {
    Map<RunningHerald, Double> before = fleet.unannounced();
    long sinceMicros = database.setTriggerEnabled(false);
    fleet.awaitUnready();
    TimeUnit.SECONDS.sleep(UNANNOUNCED_SECONDS);
    long untilMicros = database.setTriggerEnabled(true);
    ledger.wasNotAnnounced(sinceMicros, untilMicros);
    fleet.awaitReady();
    // A client that goes to another instance must not miss what only its own has swept up.
    fleet.awaitSweep(before, database.committedBetween(sinceMicros, untilMicros));
  }

  /** A planned restart: a new instance comes, an old one is drained. */
  void drainAnInstance() throws Exception {
    instances.start().awaitReady();
    instances.drainAny();
  }

  /** Each instance is drained when one of the given version has taken its place. */
  void replaceAll(Path version) throws Exception {
    instances.use(version);
    for (int left = instances.all().size(); left > 0; left--) {
      instances.start().awaitReady();
      instances.drainFirst();
    }
  }

  void killAnInstance() throws Exception {
    instances.start().awaitReady();
    instances.killAny();
  }
}
