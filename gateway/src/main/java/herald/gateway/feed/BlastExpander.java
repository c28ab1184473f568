package herald.gateway.feed;

import herald.gateway.events.Event;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.ops.IntervalLog;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the audiences of blasts, one after the other, on a thread of its own, so that the messages
 * behind a blast do not wait for a million receivers. A blast that can't be read because the
 * database is away is tried until it can.
 */
final class BlastExpander implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BlastExpander.class);
  private static final long RETRY_MILLIS = 500;

  private final BlastReader reader;
  private final FeedMeters meters;
  private final Runnable onDone;
  private final IntervalLog errors = new IntervalLog(LOG);
  private final Queue<Expansion> done = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Expansion> pending = new ArrayDeque<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(new DefaultThreadFactory("herald-blasts", true));

  /** A blast on its way. */
  static final class Expansion {
    private final EventFactory.Decision.Blast blast;
    private @Nullable List<Event> events;

    private Expansion(EventFactory.Decision.Blast blast) {
      this.blast = blast;
    }

    RpcLog log() {
      return blast.log();
    }

    /** What to publish; null if there is no such blast. */
    @Nullable List<Event> events() {
      return events;
    }
  }

  /**
   * @param onDone called when {@link #takeDone} may have something; on the blasts' thread
   */
  BlastExpander(BlastReader reader, FeedMeters meters, Runnable onDone) {
    this.reader = reader;
    this.meters = meters;
    this.onDone = onDone;
  }

  /** Begins with a blast, after those before it. Fetch thread. */
  void begin(EventFactory.Decision.Blast blast) {
    Expansion expansion = new Expansion(blast);
    pending.add(expansion);
    thread.execute(() -> expand(expansion));
  }

  /** The senders of the blasts that are not published yet. Fetch thread. */
  Set<Integer> pendingSenders() {
    if (pending.isEmpty()) {
      return Set.of();
    }
    Set<Integer> senders = new HashSet<>();
    for (Expansion expansion : pending) {
      senders.add(expansion.blast.senderUserId());
    }
    return senders;
  }

  /** The next blast that can be published; null if there is none. Fetch thread. */
  @Nullable Expansion takeDone() {
    Expansion expansion = done.poll();
    if (expansion != null) {
      pending.remove(expansion);
    }
    return expansion;
  }

  private void expand(Expansion expansion) {
    EventFactory.Decision.Blast blast = expansion.blast;
    while (!Thread.currentThread().isInterrupted()) {
      try {
        expansion.events = reader.read(blast.log(), blast.blastId(), blast.senderUserId());
        done.add(expansion);
        onDone.run();
        return;
      } catch (SQLException | RuntimeException e) {
        meters.failed();
        errors.warn("a blast's audience can't be read, trying again: " + e.getMessage());
        try {
          TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
