package herald.gateway.connection;

import herald.gateway.config.DrainSettings;
import herald.gateway.supervision.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One drain from begin to end. At first it only waits, so that the load balancer notices. Then no
 * new sockets are accepted, and the connections are drained one by one, spread evenly over the
 * period, on each event loop in random order. At the deadline the sockets that are left are closed.
 * Each {@link #step} does what is due, whatever one connection or one loop throws.
 *
 * <p>One thread calls the steps, and it alone writes the fields that are not volatile.
 */
final class Drain {
  static final long STEP_MILLIS = 50;

  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  private final long delayNanos;
  private final long periodNanos;
  private final long timeoutNanos;
  private final long confirmNanos;
  private final LongSupplier nanoClock;
  private final IntSupplier open;
  private final Runnable stopListening;
  private final ConnectionFailures failures;
  private final List<LoopShare> shares = new ArrayList<>();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();
  private long beganAtNanos;
  private long lastStepNanos;
  private long closingSinceNanos;
  private boolean closing;
  private volatile boolean hastened;

  /**
   * @param loops the event loops, each with its context
   * @param open how many sockets are open
   * @param stopListening closes the listening socket; must not block
   * @param failures counts what a connection throws, and ends that connection
   */
  Drain(
      DrainSettings settings,
      LongSupplier nanoClock,
      Map<? extends Executor, LoopContext> loops,
      IntSupplier open,
      Runnable stopListening,
      ConnectionFailures failures) {
    delayNanos = TimeUnit.MILLISECONDS.toNanos(settings.delayMillis());
    periodNanos = TimeUnit.MILLISECONDS.toNanos(settings.periodMillis());
    timeoutNanos = TimeUnit.MILLISECONDS.toNanos(settings.timeoutMillis());
    confirmNanos = TimeUnit.MILLISECONDS.toNanos(settings.confirmTimeoutMillis());
    this.nanoClock = nanoClock;
    this.open = open;
    this.stopListening = stopListening;
    this.failures = failures;
    loops.forEach((executor, loop) -> shares.add(new LoopShare(executor, loop)));
    beganAtNanos = nanoClock.getAsLong();
    lastStepNanos = beganAtNanos;
  }

  /** The connections of one event loop. Everything but the constructor runs on that loop. */
  private final class LoopShare {
    private final Executor executor;
    private final LoopContext loop;
    private final List<ClientConnection> connections = new ArrayList<>();
    private int drained;

    LoopShare(Executor executor, LoopContext loop) {
      this.executor = executor;
      this.loop = loop;
    }

    /** Collects the connections. Handshakes are rejected, so that no connection joins later. */
    void gather() {
      loop.registry()
          .forEach(
              handler -> {
                if (handler instanceof ClientConnection connection) {
                  connections.add(connection);
                } else if (handler instanceof HandshakeHandler handshake) {
                  handshake.reject(RejectReason.DRAINING);
                }
              });
      Collections.shuffle(connections);
    }

    /** Drains connections until {@code part} of all have been; the first one at once. */
    void drain(double part) {
      int until = Math.min(connections.size(), (int) (connections.size() * part) + 1);
      long deadlineNanos = loop.nowNanos() + confirmNanos;
      while (drained < until) {
        ClientConnection next = connections.get(drained++);
        failures.run(Place.DRAIN, next, each -> each.drain(CloseReason.DRAINED, deadlineNanos));
      }
    }

    void abortAll() {
      loop.registry().forEach(handler -> handler.abort(CloseReason.DRAINED));
    }
  }

  /** Completes when all connections are gone, or when the drain's time is over. */
  CompletableFuture<Void> gone() {
    return gone;
  }

  /** Ends the waiting and the spreading; what remains is drained with the next step. Any thread. */
  void hasten() {
    hastened = true;
  }

  /** Does what is due. To be called every {@link #STEP_MILLIS}, always by the same thread. */
  void step() {
    long now = nanoClock.getAsLong();
    extendByStandstill(now);
    if (!closing && (hastened || now - beganAtNanos >= delayNanos)) {
      closing = true;
      closingSinceNanos = now;
      LOG.atInfo().addKeyValue("open", open.getAsInt()).log("connections are being closed");
      failures.run(Place.DRAIN, stopListening);
      onEachLoop(LoopShare::gather);
    }
    if (!closing) {
      return;
    }
    long sinceNanos = now - closingSinceNanos;
    double part = hastened || sinceNanos >= periodNanos ? 1 : (double) sinceNanos / periodNanos;
    onEachLoop(share -> share.drain(part));
    if (open.getAsInt() == 0) {
      gone.complete(null);
    } else if (now - beganAtNanos >= timeoutNanos) {
      LOG.atWarn()
          .addKeyValue("open", open.getAsInt())
          .log("the drain's time is over, what is still open is cut off");
      onEachLoop(LoopShare::abortAll);
      gone.complete(null);
    }
  }

  /**
   * While the process stood still, no client could be told anything: the drain's times are extended
   * by that.
   */
  private void extendByStandstill(long nowNanos) {
    long sinceNanos = nowNanos - lastStepNanos;
    lastStepNanos = nowNanos;
    if (sinceNanos >= Standstill.LATEST_NANOS) {
      beganAtNanos += sinceNanos;
      closingSinceNanos += sinceNanos;
    }
  }

  /** Does something on each event loop; one that takes no tasks any more is passed over. */
  private void onEachLoop(Consumer<LoopShare> action) {
    for (LoopShare share : shares) {
      failures.run(
          Place.DRAIN,
          () ->
              share.executor.execute(() -> failures.run(Place.DRAIN, () -> action.accept(share))));
    }
  }
}
