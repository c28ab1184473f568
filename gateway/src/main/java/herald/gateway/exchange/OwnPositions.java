package herald.gateway.exchange;

import herald.gateway.device.Device;
import herald.gateway.exchange.Entry.State;
import herald.gateway.fanout.CommitPlace;
import herald.gateway.fanout.OpenPosition;
import herald.gateway.fanout.PositionChange;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The positions of this instance's clients as the others are told of them. A healthy connection
 * needs no word of its own: from time to time all are told together up to which mark the healthy
 * ones have confirmed, and those that have not are told one by one. Exchange's thread.
 */
final class OwnPositions {
  /** A connection whose place is told that has come this many marks further is told anew. */
  private static final int WORTH_TELLING = 6;

  private final long instance;
  private final OwnMarks marks;
  private final ExchangeTimes times;
  private final int maxRemembered;
  private final Map<Long, Connection> byNumber = new LinkedHashMap<>();
  private OwnMarks.@Nullable Handled live;
  private List<Entry> entries = new ArrayList<>();

  /** A connection of this instance, open or ended. */
  private static final class Connection {
    private final long number;
    private final int userId;
    private final Device device;

    /** Null when it has ended: it holds the connection. */
    private @Nullable OpenPosition open;

    private State state = State.HEALTHY;

    /** Null as long as it is healthy. */
    private @Nullable Mark mark;

    private long endedAtNanos;

    Connection(OpenPosition open) {
      this.open = open;
      number = open.number();
      userId = open.userId();
      device = open.device();
    }

    long agoMillis(long nowNanos) {
      return state == State.ENDED
          ? Math.max(0, TimeUnit.NANOSECONDS.toMillis(nowNanos - endedAtNanos))
          : 0;
    }
  }

  /**
   * @param maxRemembered ended connections that are kept at most
   */
  OwnPositions(long instance, OwnMarks marks, ExchangeTimes times, int maxRemembered) {
    this.maxRemembered = maxRemembered;
    this.instance = instance;
    this.marks = marks;
    this.times = times;
  }

  void onChange(PositionChange change, long nowNanos) {
    if (change instanceof PositionChange.Opened opened) {
      onOpened(opened.open(), nowNanos);
    } else if (change instanceof PositionChange.Ended ended) {
      onEnded(ended, nowNanos);
    } else if (change instanceof PositionChange.Retired retired) {
      long where = retired.instance() == 0 ? instance : retired.instance();
      if (where == instance) {
        byNumber.remove(retired.number());
      }
      entries.add(new Entry.Retired(where, retired.number()));
    }
  }

  private void onOpened(OpenPosition open, long nowNanos) {
    Connection connection = new Connection(open);
    byNumber.put(open.number(), connection);
    if (live == null
        || open.owed() != null
        || open.confirmedUpTo(live.position()) < live.position()) {
      connection.state = State.LAGGING;
      connection.mark = confirmedMark(open);
    }
    entries.add(put(connection, nowNanos));
  }

  private void onEnded(PositionChange.Ended ended, long nowNanos) {
    Connection connection = byNumber.get(ended.number());
    if (connection != null) {
      connection.state = State.ENDED;
      connection.mark = mark(ended.owed(), ended.position());
      connection.endedAtNanos = ended.atNanos();
      connection.open = null;
      entries.add(
          new Entry.Moved(
              ended.number(), State.ENDED, connection.mark, connection.agoMillis(nowNanos)));
    }
  }

  private Mark confirmedMark(OpenPosition open) {
    return mark(open.owed(), open.confirmedUpTo(Long.MAX_VALUE));
  }

  private Mark mark(@Nullable CommitPlace owed, long position) {
    // Of no instance: it is in nobody's log.
    return owed == null
        ? marks.before(position)
        : new Mark(0, 0, owed.clockMicros(), owed.xmin(), owed.cluster());
  }

  /** Another instance has retired a position of this one; whose it was, or null if it is open. */
  @Nullable Integer onRetired(long number) {
    Connection connection = byNumber.get(number);
    if (connection == null || connection.state != State.ENDED) {
      return null;
    }
    byNumber.remove(number);
    return connection.userId;
  }

  /**
   * Finds out who is healthy as of the marks that have been handled, and forgets what is too old.
   */
  void onMark(long nowNanos) {
    OwnMarks.Handled next = marks.handledAt(nowNanos - times.graceNanos());
    expire(nowNanos);
    if (next == null) {
      return;
    }
    for (Connection connection : byNumber.values()) {
      OpenPosition open = connection.open;
      if (open != null) {
        look(connection, open, next.position());
      }
    }
    live = next;
    entries.add(new Entry.Live(next.mark()));
  }

  /** Forgets what is too old, and of what is too much what began first. */
  void expire(long nowNanos) {
    long surplus =
        byNumber.values().stream().filter(connection -> connection.open == null).count()
            - maxRemembered;
    for (Iterator<Connection> each = byNumber.values().iterator(); each.hasNext(); ) {
      Connection connection = each.next();
      if (connection.open == null
          && (surplus > 0 || nowNanos - connection.endedAtNanos > times.retentionNanos())) {
        each.remove();
        surplus--;
      }
    }
  }

  private void look(Connection connection, OpenPosition open, long healthyFrom) {
    if (open.owed() == null && open.confirmedUpTo(healthyFrom) >= healthyFrom) {
      if (connection.state == State.LAGGING) {
        connection.state = State.HEALTHY;
        connection.mark = null;
        entries.add(new Entry.Moved(open.number(), State.HEALTHY, null, 0));
      }
      return;
    }
    Mark now = confirmedMark(open);
    Mark told = connection.mark;
    if (told == null || now.number() - told.number() >= WORTH_TELLING) {
      connection.state = State.LAGGING;
      connection.mark = now;
      entries.add(new Entry.Moved(open.number(), State.LAGGING, now, 0));
    }
  }

  private Entry.Put put(Connection connection, long nowNanos) {
    return new Entry.Put(
        instance,
        connection.number,
        connection.userId,
        connection.device,
        connection.state,
        connection.mark,
        connection.agoMillis(nowNanos));
  }

  /** What has not been told. */
  List<Entry> takeEntries() {
    List<Entry> taken = entries;
    entries = new ArrayList<>();
    return taken;
  }

  /** All there is to tell. */
  List<Entry> snapshot(long nowNanos) {
    List<Entry> all = new ArrayList<>();
    if (live != null) {
      all.add(new Entry.Live(live.mark()));
    }
    for (Connection connection : byNumber.values()) {
      all.add(put(connection, nowNanos));
    }
    return all;
  }

  int size() {
    return byNumber.size();
  }
}
