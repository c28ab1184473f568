package herald.gateway.feed;

import herald.gateway.fanout.Event;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.SupervisedPool;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the audiences of blasts on threads of their own, so that the messages behind a blast do not
 * wait for a million receivers, and a few blasts at once, so that a slow one does not hold up the
 * others. A blast that can't be expanded though the database is well, as within the time that one
 * may take, is given up. One sender has one blast here at a time, since the next one is held back.
 */
final class BlastExpander implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BlastExpander.class);
  private static final int THREADS = 2;
  private static final int TRIES = 3;
  private static final long SLACK_MILLIS = 15_000;

  private final BlastReader reader;
  private final FeedMeters meters;
  private final Supplier<@Nullable String> control;
  private final Runnable onDone;
  private final List<Expansion> pending = new ArrayList<>();

  /** Asked for each row, and so kept. */
  private Set<Integer> pendingSenders = Set.of();

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          new DefaultThreadFactory("herald-blasts", true));
  private final SupervisedPool supervised;

  /** A blast on its way. */
  static final class Expansion {
    private final EventFactory.Decision.Blast blast;
    private final long number;
    private List<Event> events = List.of();
    private @Nullable Throwable failure;
    private boolean isUnknown;
    private volatile boolean isDone;

    private Expansion(EventFactory.Decision.Blast blast, long number) {
      this.number = number;
      this.blast = blast;
    }

    RpcLog log() {
      return blast.log();
    }

    /** What to publish. */
    List<Event> events() {
      return events;
    }

    /** Whether the rpc log has stored no such blast. */
    boolean isUnknown() {
      return isUnknown;
    }

    /** Why it was given up; null if it was not. */
    @Nullable Throwable failure() {
      return failure;
    }

    /** Whether it has a message in a chat with this user. */
    private boolean isInChatWith(int userId) {
      for (Event event : events) {
        if (!event.audience().isBroadcast() && event.audience().contains(userId)) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * @param control asks the database for something that must work, and says why it does not; null
   *     if it works
   * @param onDone called when {@link #takeDone} may have something; on a blasts' thread
   */
  BlastExpander(
      BlastReader reader,
      int timeoutMillis,
      FeedMeters meters,
      Supervisor supervisor,
      Supplier<@Nullable String> control,
      Runnable onDone) {
    this.reader = reader;
    this.meters = meters;
    this.control = control;
    this.onDone = onDone;
    long longestMillis = (long) TRIES * timeoutMillis + SLACK_MILLIS;
    supervised =
        supervisor.pool(
            "herald-blasts",
            THREADS,
            longestMillis,
            longestMillis,
            () -> threads.getQueue().size());
  }

  /**
   * Begins with a blast. Fetch thread.
   *
   * @param number the number of its row among those that were read
   */
  void begin(EventFactory.Decision.Blast blast, long number) {
    Expansion expansion = new Expansion(blast, number);
    pending.add(expansion);
    pendingSenders = senders();
    try {
      threads.execute(supervised.watch(() -> expand(expansion)));
    } catch (Throwable e) {
      // It would hold up its sender's chats for ever.
      pending.remove(expansion);
      pendingSenders = senders();
      throw e;
    }
  }

  /** The senders of the blasts that are not published yet. Fetch thread. */
  Set<Integer> pendingSenders() {
    return pendingSenders;
  }

  /** The number of the first that is not published; {@code otherwise} if all are. Fetch thread. */
  long first(long otherwise) {
    return pending.stream().mapToLong(expansion -> expansion.number).min().orElse(otherwise);
  }

  private Set<Integer> senders() {
    return pending.stream()
        .map(expansion -> expansion.blast.senderUserId())
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * The next blast that can be published; null if there is none. One that has a message in a chat
   * with the sender of an earlier blast waits for that one, which may be in the same chat. Fetch
   * thread.
   */
  @Nullable Expansion takeDone() {
    Set<Integer> earlierSenders = new HashSet<>();
    for (Iterator<Expansion> each = pending.iterator(); each.hasNext(); ) {
      Expansion expansion = each.next();
      if (expansion.isDone && earlierSenders.stream().noneMatch(expansion::isInChatWith)) {
        each.remove();
        pendingSenders = senders();
        return expansion;
      }
      earlierSenders.add(expansion.blast.senderUserId());
    }
    return null;
  }

  private void expand(Expansion expansion) {
    EventFactory.Decision.Blast blast = expansion.blast;
    DatabaseRetry retry = new DatabaseRetry(meters, LOG, control, () -> {});
    try {
      List<Event> nothing = new ArrayList<>();
      List<Event> events =
          retry.orGiveUp(
              () -> {
                List<Event> found = reader.read(blast.log(), blast.blastId(), blast.senderUserId());
                return found == null ? nothing : found;
              },
              failure -> expansion.failure = failure);
      expansion.isUnknown = events == nothing;
      expansion.events = events == null ? List.of() : events;
    } catch (InterruptedException e) {
      // Closed.
      Thread.currentThread().interrupt();
      return;
    } catch (Throwable e) {
      // Whatever it is, the blast is given up, and what waits behind it goes on.
      expansion.failure = e;
    }
    expansion.isDone = true;
    onDone.run();
  }

  @Override
  public void close() {
    supervised.mayEnd();
    threads.shutdownNow();
  }
}
