package herald.gateway.events;

import herald.gateway.events.RememberedPositions.Remembered;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All mailboxes: who has one, since when, and where the next connection of a user starts.
 *
 * <p>A user has a mailbox while a connection is open, while the position of an ended one is
 * remembered, and for the replay time after any event. The last kind is what serves a user who was
 * not known: it goes when the replay time has passed and nobody has come. What concerns many at
 * once, a blast, is in no mailbox but in a row of its own, at which every cursor looks.
 *
 * <p>All under the dispatch lock, but for the figures.
 */
public final class Mailboxes {
  /**
   * The clocks of client, writers and gateway may differ by this, and an event may be committed a
   * little later than its timestamp says.
   */
  public static final long CLOCK_TOLERANCE_MICROS = TimeUnit.MINUTES.toMicros(61);

  private final EventLog log;
  private final long replayNanos;
  private final long horizonNanos;
  private final int maxRemembered;
  private final IsolatedFailures failures;
  private final IntObjectMap<Mailbox> byUser = new IntObjectHashMap<>();
  private final ArrayDeque<Mailbox> unclaimed = new ArrayDeque<>();
  private final EventNumbers wide;
  private final LinkedHashSet<Remembered> rememberedByAge = new LinkedHashSet<>();

  private volatile int mailboxes;
  private volatile int openCursors;
  private volatile int remembered;
  private volatile long rememberedForced;
  private volatile int users;
  private final Map<ReplayOrigin, LongAdder> replays = new EnumMap<>(ReplayOrigin.class);

  /**
   * @param log what the mailboxes refer to
   * @param replayNanos how far back a connection starts at least
   * @param horizonNanos how long the position of an ended connection is remembered
   * @param maxRemembered positions remembered at most; beyond it the oldest go first
   * @param failures what could not be done for one mailbox alone
   */
  public Mailboxes(
      EventLog log,
      long replayNanos,
      long horizonNanos,
      int maxRemembered,
      IsolatedFailures failures) {
    this.log = log;
    wide = new EventNumbers(log, Long.MIN_VALUE);
    this.replayNanos = replayNanos;
    this.horizonNanos = horizonNanos;
    this.maxRemembered = maxRemembered;
    this.failures = failures;
    for (ReplayOrigin origin : ReplayOrigin.values()) {
      replays.put(origin, new LongAdder());
    }
  }

  /**
   * Puts the event that was appended last where those look whom it concerns: into their mailboxes,
   * or, if its audience is wide, where all look.
   *
   * @param batch a number that grows from batch to batch
   * @param touched called once per batch with each cursor whose mailbox has got something; must not
   *     throw
   */
  public void deliver(Event event, long batch, Consumer<Cursor> touched) {
    if (event.audience().isWide()) {
      wide.append(event.number());
    } else {
      event.audience().forEach(user -> deliver(event, user, batch, touched));
      event.forgetAudience();
    }
    log.delivered();
  }

  private void deliver(Event event, int user, long batch, Consumer<Cursor> touched) {
    Mailbox mailbox = null;
    try {
      mailbox = obtain(user, event.appendedAtNanos());
      mailbox.numbers().append(event.number());
    } catch (Throwable e) {
      failures.isolated(Place.MAILBOX, e);
      if (mailbox == null) {
        // A user without a connection and without a remembered position: nothing was promised.
        return;
      }
      mailbox.numbers().missed(event.number() + 1, event.appendedAtNanos());
    }
    touch(mailbox, batch, touched);
  }

  private static void touch(Mailbox mailbox, long batch, Consumer<Cursor> touched) {
    if (mailbox.touch(batch)) {
      for (Cursor cursor : mailbox.cursors()) {
        touched.accept(cursor);
      }
    }
  }

  /**
   * An event could not be put where those look whom it concerns. None of them goes on as if nothing
   * had been: their connections are lost, and the next ones begin with a gap.
   *
   * @param batch as with {@link #deliver}
   * @param touched as with {@link #deliver}
   */
  public void missed(Event event, long batch, Consumer<Cursor> touched, long nowNanos) {
    long belowNumber = log.tail() + 1;
    for (Mailbox mailbox : byUser.values()) {
      if (event.audience().contains(mailbox.userId())) {
        mailbox.numbers().missed(belowNumber, nowNanos);
        touch(mailbox, batch, touched);
      }
    }
    log.delivered();
  }

  /**
   * Gives a new connection its place: at the oldest remembered position of its user, at the oldest
   * that an open connection has confirmed, and at least the replay time back.
   *
   * <p>An open connection may be dead without anybody's knowing yet, and the new one its successor;
   * one that is alive confirms within the replay time, and so costs nothing. The replay time serves
   * a device that comes from another instance.
   */
  public void open(Cursor cursor, long nowNanos, Instant now) {
    forgetPast(nowNanos);
    Mailbox mailbox = obtain(cursor.userId(), nowNanos);
    EventNumbers own = mailbox.numbers();
    own.forgetReleased();
    wide.forgetReleased();
    boolean isRemembered = !mailbox.remembered().isEmpty();
    long oldest = mailbox.oldestUnconfirmed(log.tail());
    Gap gap = gapSince(oldest, own, now);
    long start = Math.min(oldest, log.firstSince(nowNanos - replayNanos));
    long firstOwn = own.firstFrom(start);
    long firstWide = wide.firstFrom(start);
    boolean needsDatabase = false;
    if (cursor.afterMicros() != Cursor.NO_AFTER) {
      long exact = firstOfExactly(cursor.afterMicros(), own, cursor.userId());
      needsDatabase =
          exact == EventNumbers.NONE && !covers(own, cursor.afterMicros(), nowNanos, now);
      if (exact != EventNumbers.NONE) {
        firstOwn = Math.min(firstOwn, own.firstFrom(exact));
        firstWide = Math.min(firstWide, wide.firstFrom(exact));
      } else if (!needsDatabase) {
        long sinceMicros = cursor.afterMicros() - CLOCK_TOLERANCE_MICROS;
        firstOwn = Math.min(firstOwn, own.firstRelayedSince(sinceMicros));
        firstWide = Math.min(firstWide, wide.firstRelayedSince(sinceMicros));
      }
      // What the client said, or the database, is more than what is remembered of it.
      gap = null;
    }
    cursor.attach(log, own, firstOwn, wide, firstWide, isRemembered, gap, needsDatabase);
    mailbox.add(cursor);
    openCursors = openCursors + 1;
    if (mailbox.cursors().length == 1) {
      users = users + 1;
    }
    if (needsDatabase || firstOwn < own.tail() || isConcerned(cursor.userId(), firstWide)) {
      count(needsDatabase, isRemembered);
    }
  }

  /**
   * The number of the first event of the user with exactly this timestamp; {@link
   * EventNumbers#NONE} if there is none. A client that says the timestamp of an event that it has
   * names a place in the order of commits, whatever the clocks say: before that event it has had
   * all.
   */
  private long firstOfExactly(long micros, EventNumbers own, int userId) {
    for (long position = own.head(); position < own.tail(); position++) {
      long number = own.at(position);
      Event event = log.get(number);
      if (event != null && event.relayedAtMicros() == micros) {
        return number;
      }
    }
    for (long position = wide.head(); position < wide.tail(); position++) {
      long number = wide.at(position);
      Event event = log.get(number);
      if (event != null
          && event.relayedAtMicros() == micros
          && event.appendedAtNanos() - own.coveredSinceNanos() >= 0
          && event.audience().contains(userId)) {
        return number;
      }
    }
    return EventNumbers.NONE;
  }

  /** Whether memory has all that may be later than a moment of the client's, by any clock. */
  private boolean covers(EventNumbers own, long afterMicros, long nowNanos, Instant now) {
    long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
    long agoNanos = (nowMicros - afterMicros + CLOCK_TOLERANCE_MICROS) * 1_000;
    long coveredSince = Math.max(own.coveredSinceNanos(), wide.coveredSinceNanos());
    return nowNanos - agoNanos >= coveredSince;
  }

  /** Whether a wide event from this position on concerns the user. */
  private boolean isConcerned(int userId, long first) {
    for (long position = first; position < wide.tail(); position++) {
      Event event = log.get(wide.at(position));
      if (event != null && event.audience().contains(userId)) {
        return true;
      }
    }
    return false;
  }

  /**
   * What may be missing for good from {@code oldest} on; null if nothing. Of a blast that has left
   * nobody knows whom it concerned: it may be missing.
   */
  private @Nullable Gap gapSince(long oldest, EventNumbers own, Instant now) {
    boolean ownLeft = oldest < own.forgottenBelow();
    boolean wideLeft = oldest < wide.forgottenBelow();
    if (!ownLeft && !wideLeft) {
      return null;
    }
    Instant ownHeld = ownLeft ? firstHeld(own, now) : Instant.MIN;
    Instant wideHeld = wideLeft ? firstHeld(wide, now) : Instant.MIN;
    Instant held = ownHeld.isAfter(wideHeld) ? ownHeld : wideHeld;
    return new Gap(now.minus(Duration.ofNanos(horizonNanos)), held);
  }

  private void count(boolean needsDatabase, boolean isRemembered) {
    ReplayOrigin pastOrigin = isRemembered ? ReplayOrigin.REMEMBERED : ReplayOrigin.MEMORY;
    ReplayOrigin origin = needsDatabase ? ReplayOrigin.DATABASE : pastOrigin;
    counter(origin).increment();
  }

  private Instant firstHeld(EventNumbers numbers, Instant now) {
    Event first = numbers.head() == numbers.tail() ? null : log.get(numbers.at(numbers.head()));
    return first == null ? now : Instant.EPOCH.plusNanos(first.relayedAtMicros() * 1_000);
  }

  /**
   * Lets a connection go and remembers how far it had got.
   *
   * @param acknowledged the position that the client had confirmed
   * @param unsettled whether a position is remembered already that stands for this connection
   */
  public void close(Cursor cursor, long acknowledged, boolean unsettled, long nowNanos) {
    Mailbox mailbox = byUser.get(cursor.userId());
    if (mailbox == null || !mailbox.remove(cursor)) {
      return;
    }
    openCursors = openCursors - 1;
    if (mailbox.cursors().length == 0) {
      users = users - 1;
    }
    if (unsettled && !mailbox.remembered().isEmpty()) {
      return;
    }
    Remembered entry = new Remembered(mailbox, acknowledged, nowNanos);
    mailbox.remembered().add(entry);
    rememberedByAge.add(entry);
    if (rememberedByAge.size() > maxRemembered) {
      rememberedForced = rememberedForced + 1;
      forgetOldest();
    }
    remembered = rememberedByAge.size();
  }

  /** Forgets one remembered position of this connection's user, which it has made good. */
  public void settle(Cursor cursor) {
    Mailbox mailbox = byUser.get(cursor.userId());
    Remembered settled = mailbox == null ? null : mailbox.remembered().settle();
    if (settled != null) {
      rememberedByAge.remove(settled);
      remembered = rememberedByAge.size();
    }
  }

  /** Lets go what time has passed by; to be called about once a second. */
  public void expire(long nowNanos) {
    forgetPast(nowNanos);
    for (int left = unclaimed.size(); left > 0; left--) {
      Mailbox mailbox = unclaimed.remove();
      boolean keep = true;
      try {
        keep = !isClaimed(mailbox) && !expire(mailbox, nowNanos);
      } catch (Throwable e) {
        failures.isolated(Place.EXPIRY, e);
      }
      if (keep) {
        unclaimed.add(mailbox);
      }
    }
    mailboxes = byUser.size();
  }

  /** Lets a mailbox go that nobody claims, if its time has passed. */
  private boolean expire(Mailbox mailbox, long nowNanos) {
    long newest = mailbox.numbers().newestAppendedAtNanos(nowNanos - replayNanos - 1);
    if (nowNanos - newest <= replayNanos) {
      return false;
    }
    byUser.remove(mailbox.userId());
    return true;
  }

  /** Lets the mailboxes go past what has left the log; to be called about once a minute. */
  public void forgetReleased() {
    wide.forgetReleased();
    for (Mailbox mailbox : byUser.values()) {
      try {
        mailbox.numbers().forgetReleased();
      } catch (Throwable e) {
        failures.isolated(Place.EXPIRY, e);
      }
    }
  }

  /** Forgets the positions that are older than the horizon. */
  private void forgetPast(long nowNanos) {
    while (!rememberedByAge.isEmpty()
        && nowNanos - rememberedByAge.iterator().next().endedAtNanos() > horizonNanos) {
      forgetOldest();
    }
    remembered = rememberedByAge.size();
  }

  private void forgetOldest() {
    Iterator<Remembered> oldestFirst = rememberedByAge.iterator();
    Remembered oldest = oldestFirst.next();
    oldestFirst.remove();
    Mailbox mailbox = oldest.mailbox();
    mailbox.remembered().remove(oldest);
    if (!isClaimed(mailbox)) {
      unclaimed.add(mailbox);
    }
  }

  private static boolean isClaimed(Mailbox mailbox) {
    return mailbox.cursors().length > 0 || !mailbox.remembered().isEmpty();
  }

  private Mailbox obtain(int userId, long nowNanos) {
    Mailbox mailbox = byUser.get(userId);
    if (mailbox == null) {
      mailbox = new Mailbox(userId, log, nowNanos - replayNanos);
      byUser.put(userId, mailbox);
      unclaimed.add(mailbox);
      mailboxes = byUser.size();
    }
    return mailbox;
  }

  /** Users with a mailbox. */
  public int size() {
    return mailboxes;
  }

  /** Connections that have a place. */
  public int openCursors() {
    return openCursors;
  }

  /** Positions of ended connections that are remembered. */
  public int remembered() {
    return remembered;
  }

  /** Remembered positions that went before their time because there were too many. */
  public long rememberedForced() {
    return rememberedForced;
  }

  /** Users with at least one connection. */
  public int users() {
    return users;
  }

  /** Connections that began with events of the past, by where these came from. */
  public long replays(ReplayOrigin origin) {
    return counter(origin).sum();
  }

  private LongAdder counter(ReplayOrigin origin) {
    return Objects.requireNonNull(replays.get(origin));
  }
}
