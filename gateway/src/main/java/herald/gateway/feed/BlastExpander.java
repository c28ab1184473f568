package herald.gateway.feed;

import herald.gateway.fanout.Event;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.Supervisor;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the audiences of blasts on threads of their own, so that the messages behind a blast do not
 * wait for a million receivers, and a few blasts at once, so that a slow one does not hold up the
 * others. A blast that can't be expanded though the database is well, as within the time that one
 * may take, is given up.
 *
 * <p>One sender has one blast here at a time, since the barrier holds the next one back, and blasts
 * are taken in the order in which they come. So senders take turns, and however many blasts one of
 * them has sent, they occupy one thread.
 */
final class BlastExpander implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BlastExpander.class);

  private final Reader reader;
  private final FeedMeters meters;
  private final Supplier<@Nullable String> control;
  private final ReadersBeside<Expansion> readers;

  /** Those that have been expanded and wait for an earlier blast. Fetch thread. */
  private final List<Expansion> behindOthers = new ArrayList<>();

  /** Whether something has left since for which they may have waited. Fetch thread. */
  private boolean hasAnyLeft;

  /** Reads what is to be published of a blast. */
  @FunctionalInterface
  interface Reader {
    /**
     * Reads the events, of which the last one is in no chat; null if there is no such blast.
     *
     * @param gap the time of the blasts in whose place there is one gap; null for the blast itself
     */
    @Nullable List<Event> read(EventFactory.Decision.Blast blast, HeldRow.@Nullable TimeSpan gap)
        throws SQLException;
  }

  /** A blast on its way. */
  static final class Expansion {
    private final EventFactory.Decision.Blast blast;
    private final HeldRow held;
    private final HeldRow.@Nullable TimeSpan gap;
    private List<Event> events = List.of();

    /** With whom the blast has a message in a chat. */
    private Set<Integer> partners = Set.of();

    /** The one of them who was found last to have an earlier blast. Fetch thread. */
    private @Nullable Integer waitsFor;

    private @Nullable Throwable failure;
    private boolean isUnknown;

    private Expansion(EventFactory.Decision.Blast blast, HeldRow held) {
      this.blast = blast;
      this.held = held;
      gap = held.gap();
    }

    /** What holds up the rows behind it. */
    HeldRow held() {
      return held;
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
  }

  /**
   * @param control asks the database for something that must work, and says why it does not; null
   *     if it works
   * @param onDone called when {@link #takeDone} may have something; on a blasts' thread
   */
  BlastExpander(
      Reader reader,
      int timeoutMillis,
      FeedMeters meters,
      Supervisor supervisor,
      Supplier<@Nullable String> control,
      Runnable onDone) {
    this.reader = reader;
    this.meters = meters;
    this.control = control;
    readers =
        new ReadersBeside<>(
            "herald-blasts",
            timeoutMillis,
            supervisor,
            this::expand,
            (expansion, failure) -> expansion.failure = failure,
            onDone);
  }

  /**
   * Begins with a blast. Fetch thread.
   *
   * @param held what holds up the rows behind it
   */
  void begin(EventFactory.Decision.Blast blast, HeldRow held) {
    readers.begin(new Expansion(blast, held));
  }

  /**
   * The next blast that can be published; null if there is none. One that has a message in a chat
   * with the sender of an earlier blast waits for that one, which may be in the same chat. Fetch
   * thread.
   *
   * @param barrier knows which blasts are earlier
   */
  @Nullable Expansion takeDone(BlastBarrier barrier) {
    for (Expansion expansion = readers.poll(); expansion != null; expansion = readers.poll()) {
      if (!mustWait(expansion, barrier)) {
        hasAnyLeft = true;
        return expansion;
      }
      behindOthers.add(expansion);
    }
    if (hasAnyLeft) {
      for (Iterator<Expansion> each = behindOthers.iterator(); each.hasNext(); ) {
        Expansion expansion = each.next();
        if (!mustWait(expansion, barrier)) {
          each.remove();
          return expansion;
        }
      }
      hasAnyLeft = false;
    }
    return null;
  }

  /** A row has left the barrier for which a blast may have waited. Fetch thread. */
  void onRowLeft() {
    hasAnyLeft = true;
  }

  private static boolean mustWait(Expansion expansion, BlastBarrier barrier) {
    long number = expansion.held.number();
    Integer before = expansion.waitsFor;
    if (before != null && barrier.mustWait(before, number)) {
      return true;
    }
    for (Integer partner : expansion.partners) {
      if (barrier.mustWait(partner, number)) {
        expansion.waitsFor = partner;
        return true;
      }
    }
    return false;
  }

  private void expand(Expansion expansion) throws InterruptedException {
    EventFactory.Decision.Blast blast = expansion.blast;
    DatabaseRetry retry = new DatabaseRetry(meters, LOG, control, () -> {});
    List<Event> nothing = new ArrayList<>();
    List<Event> events =
        retry.orGiveUp(
            () -> {
              List<Event> found = reader.read(blast, expansion.gap);
              return found == null ? nothing : found;
            },
            failure -> expansion.failure = failure);
    expansion.isUnknown = events == nothing;
    expansion.events = events == null ? List.of() : events;
    expansion.partners = partners(expansion.events);
  }

  /** The receivers of all events but the last, which is for those without a chat. */
  private static Set<Integer> partners(List<Event> events) {
    Set<Integer> partners = new HashSet<>();
    for (Event event : events.subList(0, Math.max(0, events.size() - 1))) {
      event.audience().stream().forEach(partners::add);
    }
    return partners;
  }

  @Override
  public void close() {
    readers.close();
  }
}
