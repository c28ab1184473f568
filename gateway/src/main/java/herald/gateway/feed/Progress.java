package herald.gateway.feed;

import herald.gateway.database.ServerIdentity;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How far the feed has got: the point of the database's history up to which everything has been
 * handled, where a catch-up has to begin. Written by the fetch thread; any thread reads what is
 * volatile.
 */
final class Progress {
  /** Longer than a standby that is promoted lags behind the primary. */
  private static final long OLDER_MICROS = TimeUnit.MINUTES.toMicros(5);

  /** Of points that have been heard: hours of probes. */
  static final int MAX_HEARD = 10_000;

  private static final FeedPoint NOWHERE =
      new FeedPoint(0, 0, 0, 0, 0, new ServerIdentity(0, false, ""), "");

  private final DuplicateFilter seen;
  private final long overlapMicros;
  private final Supplier<@Nullable FeedPoint> lastHeard;
  private final boolean isExact;

  /** The first catch-up leaves out rows that are stamped before. Fetch thread. */
  private long knownSinceMicros;

  /** Points that have been heard, and what has to be read before each is handled, in order. */
  private final ArrayDeque<Heard> heard = new ArrayDeque<>();

  /** Handled, but it may not survive a crash of the server; null if there is none. */
  private @Nullable FeedPoint unproved;

  /**
   * Everything visible at this point has been handled; null before the first catch-up. It survives
   * a crash of the server, but for the first one for a moment.
   */
  private volatile @Nullable FeedPoint base;

  /** An earlier base, minutes ago; null before the first catch-up. */
  private volatile @Nullable FeedPoint older;

  /**
   * The earlier base of the feed before, if what that one has handled since then is not known; null
   * if it is. Fetch thread writes.
   */
  private volatile @Nullable FeedPoint oldest;

  /** The base that becomes the earlier one next. Fetch thread. */
  private @Nullable FeedPoint nextOlder;

  /** Where the next sweep begins; null before the first catch-up. */
  private volatile @Nullable FeedPoint sweepBase;

  private volatile long handledProbe;

  /** A point, and what was taken last before it: when that has been read, all before has. */
  private record Heard(FeedPoint point, String last) {}

  /**
   * @param overlapMillis how far before the base a catch-up may have to read by time
   * @param lastHeard the point of the listener's last probe; null before the first
   * @param begin where another feed was: all before has been handled; null if this one begins now
   * @param isExact whether all that is not handled is heard before a point, whatever has been lost
   *     meanwhile: then the first point needs no catch-up before it
   */
  Progress(
      DuplicateFilter seen,
      long overlapMillis,
      Supplier<@Nullable FeedPoint> lastHeard,
      @Nullable FeedBegin begin,
      boolean isExact) {
    this.isExact = isExact;
    this.seen = seen;
    overlapMicros = TimeUnit.MILLISECONDS.toMicros(overlapMillis);
    this.lastHeard = lastHeard;
    if (begin != null) {
      FeedMark mark = begin.mark();
      knownSinceMicros = begin.knownSinceMicros();
      base = mark.base();
      older = begin.knowsSinceOlder() ? mark.older() : mark.base();
      oldest = begin.knowsSinceOlder() ? null : mark.older();
      nextOlder = mark.base();
      sweepBase = mark.base().proved();
      keepSeen();
    }
  }

  /** Whether there is a point from which on nothing is missed. Any thread. */
  boolean hasBegun() {
    return base != null;
  }

  /** Where a catch-up begins; only after the first one. Any thread. */
  FeedPoint base() {
    return Objects.requireNonNull(base);
  }

  /** The next catch-up leaves out rows that are stamped before. Fetch thread. */
  long knownSinceMicros() {
    return knownSinceMicros;
  }

  /** An earlier point than {@link #base}, by some minutes if there is one. Any thread. */
  FeedPoint older() {
    return Objects.requireNonNull(older);
  }

  /**
   * The same, or the one before it if what has been handled between them is not known. Marks say
   * this one. Any thread.
   */
  FeedPoint oldest() {
    FeedPoint before = oldest;
    return before == null ? older() : before;
  }

  /** Where a sweep begins; null before the first catch-up. Any thread. */
  @Nullable FeedPoint sweepBase() {
    return sweepBase;
  }

  /** The number of the last probe before which everything has been handled. Any thread. */
  long handledProbe() {
    return handledProbe;
  }

  /** A point near what is being read, to complete transaction ids with. Fetch thread. */
  FeedPoint point() {
    FeedPoint now = base;
    FeedPoint last = lastHeard.get();
    return now != null ? now : Objects.requireNonNullElse(last, NOWHERE);
  }

  /** A probe has come back, behind what was added last. Fetch thread. */
  void onHeard(FeedPoint point, String last) {
    if (heard.size() == MAX_HEARD) {
      // Those behind it say more, once what is before them has been read.
      heard.remove();
    }
    heard.add(new Heard(point, last));
  }

  /** How many points wait until what is before them has been read. Fetch thread. */
  int heard() {
    return heard.size();
  }

  /**
   * Something has been read; what is still being read is given. Fetch thread.
   *
   * @return the last point before which everything has been read now; null if there is none anew
   */
  @Nullable FeedPoint onRead(Map<String, ?> reading) {
    FeedPoint last = null;
    while (!heard.isEmpty() && !reading.containsKey(heard.element().last())) {
      FeedPoint point = heard.remove().point();
      handledProbe = point.probeNumber();
      if (isExact && isOfOtherHistory(point)) {
        begin(point);
      } else {
        advance(point);
      }
      last = point;
    }
    return last;
  }

  /** All that is visible at this point has been handled, by a catch-up. Fetch thread. */
  void onCaughtUp(FeedPoint until) {
    heard.clear();
    knownSinceMicros = 0;
    begin(until);
  }

  private boolean isOfOtherHistory(FeedPoint point) {
    FeedPoint now = base;
    return now == null || !now.cluster().equals(point.cluster());
  }

  private void begin(FeedPoint until) {
    // The server may have crashed since: nothing will show any more that this one has survived.
    unproved = null;
    FeedPoint before = base;
    if (isOfOtherHistory(until)) {
      // The first, or of another history, which has no earlier point. A standby that is promoted
      // has the rows of its primary with the ids that they had.
      if (before != null && !before.isOfSystem(until.cluster())) {
        seen.forgetXids();
      }
      base = until;
      older = until;
      oldest = null;
      nextOlder = until;
      sweepBase = until.proved();
      keepSeen();
    }
    advance(until);
  }

  /** A sweep has found all that was committed up to this point. The sweep's thread. */
  void onSwept(FeedPoint until) {
    FeedPoint now = base;
    if (now != null && now.cluster().equals(until.cluster())) {
      // If a crash has ids given out again that are below it, the rows are the catch-up's to find.
      sweepBase = until.proved();
    }
  }

  private void advance(FeedPoint point) {
    FeedPoint earlier = unproved;
    if (earlier != null && point.shows(earlier)) {
      become(earlier.proved());
      unproved = null;
    }
    if (point.isProved()) {
      become(point);
      unproved = null;
    } else if (unproved == null) {
      unproved = point;
    }
  }

  private void become(FeedPoint point) {
    FeedPoint now = base;
    if (now != null
        && now.cluster().equals(point.cluster())
        && (point.xmin() >= now.xmin() || !now.isProved())) {
      base = point;
      FeedPoint next = nextOlder;
      if (next == null || point.clockMicros() - next.clockMicros() > OLDER_MICROS) {
        older = next;
        oldest = null;
        nextOlder = point;
      }
      keepSeen();
    }
  }

  private void keepSeen() {
    FeedPoint from = base;
    FeedPoint swept = sweepBase;
    FeedPoint earlier = older;
    if (from != null && swept != null && earlier != null) {
      seen.keepSince(
          Math.min(earlier.xmin(), Math.min(from.xmin(), swept.xmin())),
          from.clockMicros() - overlapMicros);
    }
  }
}
