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
 * One drain from begin to end: first nothing but waiting, for the balancer; then no new sockets,
 * and all connections are let go, spread evenly over the period, on each loop in random order; at
 * the deadline whoever is left is cut off. Goes forward with each {@link #step}, whatever one
 * connection or one loop throws.
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
  private final long beganAtNanos;
  private long closingSinceNanos;
  private boolean closing;
  private volatile boolean hastened;

  /**
   * @param loops each with its context
   * @param open how many sockets are open
   * @param stopListening closes the listening socket; must not block
   * @param failures what becomes of a connection that can't be let go in order
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
  }

  /** One loop's connections. All but the constructor on that loop. */
  private final class LoopShare {
    private final Executor executor;
    private final LoopContext loop;
    private final List<ClientConnection> connections = new ArrayList<>();
    private int released;

    LoopShare(Executor executor, LoopContext loop) {
      this.executor = executor;
      this.loop = loop;
    }

    /** Notes who is connected. Who is not upgraded yet is refused, so nobody joins later. */
    void gather() {
      loop.wheel()
          .forEach(
              handler -> {
                if (handler instanceof ClientConnection connection) {
                  connections.add(connection);
                } else {
                  handler.drain(0);
                }
              });
      Collections.shuffle(connections);
    }

    /** Lets go so many that {@code part} of all are; the first at once. */
    void release(double part) {
      int until = Math.min(connections.size(), (int) (connections.size() * part) + 1);
      long deadlineNanos = loop.nowNanos() + confirmNanos;
      while (released < until) {
        ClientConnection next = connections.get(released++);
        failures.run(Place.DRAIN, next, connection -> connection.drain(deadlineNanos));
      }
    }

    void cutOff() {
      loop.wheel().forEach(TimedHandler::abort);
    }
  }

  /** Completes when all are gone or cut off. */
  CompletableFuture<Void> gone() {
    return gone;
  }

  /** Leaves out what is left of waiting and spreading. Any thread. */
  void hasten() {
    hastened = true;
  }

  /** Does what is due; to be called every {@link #STEP_MILLIS}, always by the same thread. */
  void step() {
    long now = nanoClock.getAsLong();
    if (!closing && (hastened || now - beganAtNanos >= delayNanos)) {
      closing = true;
      closingSinceNanos = now;
      LOG.info("closing {} connections", open.getAsInt());
      failures.run(Place.DRAIN, stopListening);
      onEachLoop(LoopShare::gather);
    }
    if (!closing) {
      return;
    }
    long sinceNanos = now - closingSinceNanos;
    double part = hastened || sinceNanos >= periodNanos ? 1 : (double) sinceNanos / periodNanos;
    onEachLoop(share -> share.release(part));
    if (open.getAsInt() == 0) {
      gone.complete(null);
    } else if (now - beganAtNanos >= timeoutNanos) {
      LOG.warn("the drain's time is over, {} connections are cut off", open.getAsInt());
      onEachLoop(LoopShare::cutOff);
      gone.complete(null);
    }
  }

  /** A loop that takes no tasks any more is passed over. */
  private void onEachLoop(Consumer<LoopShare> action) {
    for (LoopShare share : shares) {
      failures.run(
          Place.DRAIN,
          () ->
              share.executor.execute(() -> failures.run(Place.DRAIN, () -> action.accept(share))));
    }
  }
}
