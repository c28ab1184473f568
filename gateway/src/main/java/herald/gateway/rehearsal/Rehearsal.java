package herald.gateway.rehearsal;

import herald.gateway.config.GatewayConfig;
import herald.gateway.database.Pools;
import herald.gateway.logging.Silence;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.protocol.WalletRecovery;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has made-up events go the whole way for a while, beside the connecting to the database.
 *
 * <p>It leaves nothing behind. Its parts are its own, and its threads make a group whose log lines
 * go nowhere. If it fails, that is counted and logged, and the instance becomes ready without it.
 * Its thread is not supervised, since nobody waits for it for longer than its time.
 */
public final class Rehearsal {
  private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

  /** The first event takes longest, with all classes that have to be loaded, and is waited for. */
  private static final long SLACK_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final int TIMEOUT_MILLIS = 2_000;

  /** Behind these little is left to compile that an event could have compiled. */
  private static final int MOST_EVENTS = 5_000;

  private static final int EVENTS_OF_A_CONNECTION = 50;
  private static final int EVENTS_OF_A_PING = 8;
  private static final int WAIT_MILLIS = 20;
  private static final int MOST_WAITS = 150;

  private final GatewayConfig config;
  private final WalletRecovery recovery;
  private final Pools pools;
  private final IsolatedFailures failures;
  private final ThreadGroup threads = new ThreadGroup("herald-rehearsal");
  private final long longestNanos;
  private volatile long beganNanos;
  private volatile boolean isOver;

  /**
   * @param pools are asked for nothing
   * @param failures where a failure of the rehearsal is counted
   */
  public Rehearsal(
      GatewayConfig config, WalletRecovery recovery, Pools pools, IsolatedFailures failures) {
    this.config = config;
    this.recovery = recovery;
    this.pools = pools;
    this.failures = failures;
    longestNanos = config.rehearsal().longest().toNanos();
    isOver = longestNanos == 0;
    beganNanos = System.nanoTime();
  }

  /** Begins, on a thread of its own, unless it is switched off. */
  public void start() {
    beganNanos = System.nanoTime();
    if (!isOver) {
      Thread thread = new Thread(threads, this::run, threads.getName());
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void run() {
    Throwable failure = null;
    Silence silence = new Silence(threads);
    try {
      rehearse();
    } catch (Throwable e) {
      failure = e;
    } finally {
      isOver = true;
      silence.close();
    }
    if (failure instanceof SocketTimeoutException) {
      LOG.info("the rehearsal has not come to its end in time: the machine is busy");
    } else if (failure != null) {
      failures.isolated(Place.REHEARSAL, failure);
    }
  }

  private void rehearse() throws IOException, InterruptedException {
    try (Stage stage = new Stage(config, recovery, pools)) {
      while (!isEnough(stage)) {
        try (RehearsalClient client = stage.connect(TIMEOUT_MILLIS)) {
          actWith(client, stage);
        }
      }
      stage.scrape();
      // Nobody waits for the end of its threads, but here: what they log then is part of it.
      isOver = true;
    } finally {
      awaitEndOfThreads();
    }
  }

  private void actWith(RehearsalClient client, Stage stage)
      throws IOException, InterruptedException {
    for (int i = 1; i <= EVENTS_OF_A_CONNECTION && !isEnough(stage); i++) {
      stage.publish();
      client.awaitEvent();
      if (i % EVENTS_OF_A_PING == 0) {
        client.ping();
      }
    }
  }

  private boolean isEnough(Stage stage) {
    return stage.events() >= MOST_EVENTS || System.nanoTime() - beganNanos > longestNanos;
  }

  private void awaitEndOfThreads() throws InterruptedException {
    for (int waits = 0; threads.activeCount() > 1 && waits < MOST_WAITS; waits++) {
      TimeUnit.MILLISECONDS.sleep(WAIT_MILLIS);
    }
  }

  /** Whether nobody has to wait for it any more. Any thread. */
  public boolean isOver() {
    return isOver || System.nanoTime() - beganNanos > longestNanos + SLACK_NANOS;
  }
}
