package herald.gateway.fanout;

import herald.gateway.device.Device;
import herald.protocol.EncodedEvent;
import herald.protocol.HashIds;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One connection's position in the event log: what it has been sent and what its client has
 * confirmed. A connection has no other queue.
 *
 * <p>The position is one of the log: of the events below it, all that concern the user have been
 * sent.
 *
 * <p>Under the dispatch lock it is given its position, and with that it starts on its event loop;
 * from then on it belongs to that loop, and others only look at what has been confirmed. Until then
 * it has nothing to read. "Event loop" below means: the cursor's own event loop alone.
 */
public final class Cursor extends ClientProgress {
  private static final int NOT_LISTED = -1;
  private static final int ENDED = -2;

  private final Subscriber subscriber;
  private final byte[] receiverHashId;
  private final Executor eventLoop;
  private final CursorOwner owner;

  /** Null until the cursor starts. */
  private @Nullable EventReader reader;

  /** Its number among the connections of this instance. Dispatch lock, before it starts. */
  private long number;

  /** When it was given its position. Dispatch lock, before it starts. */
  private long openedAtNanos;

  /**
   * From this place on the client may lack something that is not in the log; null if it does not.
   * Dispatch lock until the cursor starts, then event loop.
   */
  private volatile @Nullable CommitPlace owed;

  private int listIndex = NOT_LISTED;
  private ConnectionPast past = ConnectionPast.NONE;
  private @Nullable ReplayOrigin replayOrigin;

  /**
   * @param eventLoop where the connection lives
   * @param owner woken there when there is something to read, also once when the cursor has started
   */
  public Cursor(Subscriber subscriber, Executor eventLoop, CursorOwner owner) {
    this.subscriber = subscriber;
    this.receiverHashId = HashIds.encode(subscriber.userId()).getBytes(StandardCharsets.US_ASCII);
    this.eventLoop = eventLoop;
    this.owner = owner;
  }

  /** The user behind the connection. */
  public int userId() {
    return subscriber.userId();
  }

  /** Who has opened the connection. */
  Subscriber subscriber() {
    return subscriber;
  }

  /** The device behind the connection. */
  public Device device() {
    return subscriber.device();
  }

  /** The user's hash id in ASCII; not to be modified. */
  public byte[] receiverHashId() {
    return receiverHashId;
  }

  /** Where the connection lives. */
  public Executor eventLoop() {
    return eventLoop;
  }

  /** The connection. */
  public CursorOwner owner() {
    return owner;
  }

  // ---- From the start to the end ----

  /** It is opened. Dispatch lock. */
  void opened(long asNumber, long nowNanos, CursorStart start) {
    number = asNumber;
    openedAtNanos = nowNanos;
    owed = start.owed();
    placeAt(start);
  }

  /** Its number among the connections of this instance. */
  long number() {
    return number;
  }

  /** From where on the client may lack something that is not in the log. Any thread. */
  @Nullable CommitPlace owed() {
    return owed;
  }

  /** When it was given its position. */
  long openedAtNanos() {
    return openedAtNanos;
  }

  /**
   * Starts, unless the connection has ended meanwhile: then false. Event loop.
   *
   * @param index where it stands in the list of its loop's cursors
   */
  boolean start(CursorStart start, int index) {
    if (listIndex != NOT_LISTED) {
      return false;
    }
    listIndex = index;
    reader = start.reader();
    past = ConnectionPast.of(start.gap(), start.reader().replay());
    if (past.awaitsReplay() || (peek() != null && start.reader().ahead() < start.past().until())) {
      replayOrigin = start.past().count();
    }
    return true;
  }

  /** It stands elsewhere in the list now. Event loop. */
  void movedTo(int index) {
    listIndex = index;
  }

  /**
   * Where it stands in the list, out of which it is taken for good; negative if it is not in it.
   * Event loop.
   */
  int end() {
    int last = listIndex;
    listIndex = ENDED;
    return last;
  }

  /** Whether it has started. Event loop. */
  public boolean hasStarted() {
    return reader != null;
  }

  /** What it has to begin with; nothing until it has started. Event loop. */
  public ConnectionPast past() {
    return past;
  }

  /** Where the past events came from with which it began; null if there were none. Event loop. */
  public @Nullable ReplayOrigin replayOrigin() {
    return replayOrigin;
  }

  /** Takes the database's answer. Event loop. */
  public void replayed(Replay answer) {
    past.onReplay(answer, sent());
  }

  // ---- Reading ----

  /** Whether there is something for {@link CursorOwner#onWake} to do. Event loop. */
  boolean wantsToWake() {
    return peek() != null || isLost();
  }

  /** Reads what {@link CursorOwner#onWake} will read. Event loop. */
  int prefetch() {
    EventReader events = reader;
    return (int) acknowledged()
        + owner.prefetch()
        + receiverHashId.length
        + (events == null ? 0 : events.prefetch());
  }

  /**
   * The next event to send: what the database gave, then what memory has. Null when there is none,
   * when the cursor is lost, and while the database is awaited. Event loop.
   */
  public @Nullable EncodedEvent peek() {
    EventReader events = reader;
    if (events == null) {
      return null;
    }
    long before = events.position();
    EncodedEvent event = events.peek();
    if (event == null && events.position() != before) {
      onPassed(events.position());
    }
    return event;
  }

  /** Goes past the event that {@link #peek()} gave. Event loop. */
  public void advance() {
    if (reader != null) {
      onSent(reader.advance());
      past.onSent(sent());
    }
  }

  /** Whether more than one event may wait. Event loop. */
  public boolean hasSeveral() {
    return reader != null && reader.hasSeveral();
  }

  /** Whether what comes next has left the log, so that the connection can't go on. Event loop. */
  public boolean isLost() {
    return reader != null && reader.isLost();
  }

  /** How many events are waiting that may have to be sent. Event loop. */
  public long behind() {
    return reader == null ? 0 : reader.waiting();
  }

  // ---- Confirming ----

  /** What a ping is to confirm: all that concerns the user below it has been sent. Event loop. */
  public long position() {
    return reader == null ? 0 : reader.position();
  }

  /**
   * Takes what a pong has brought back; what was never sent is ignored. Event loop.
   *
   * @param sentThen what {@link #sent()} was at this position
   * @return whether this confirms, for the first time, all that waited when the connection began:
   *     then the dispatcher is to retire one remembered position
   */
  public boolean acknowledge(long at, long sentThen) {
    if (reader == null || at > reader.position() || sentThen > sent() || !past.isWithin(sentThen)) {
      return false;
    }
    if (owed != null) {
      owed = null;
    }
    return onConfirmed(at, sentThen, reader.position());
  }
}
