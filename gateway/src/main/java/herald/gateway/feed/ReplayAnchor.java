package herald.gateway.feed;

import herald.gateway.fanout.KnownEvents;
import herald.protocol.EventId;
import herald.protocol.ParsedRpc;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The row of the event that a client names, and what is known to have been pushed before it.
 *
 * <p>The table does not tell the order of commits, in which events are pushed. Within a chat it is
 * the order in which the transactions began to write, for writers that lock the chat. Of another
 * chat a transaction may have begun earlier and have ended later: so what was applied shortly
 * before the event is not known to be before it, and is brought. Immutable.
 */
final class ReplayAnchor {
  /**
   * Longer than the platform's transactions stay open and its clocks differ, and than a row waits
   * until the audience of a blast has been found or a large text has been read, its own or one
   * before it in its chats.
   */
  private static final long UNORDERED_MICROS = TimeUnit.SECONDS.toMicros(60);

  /** Few rows have the same time; the index on it is a coarse one. */
  private static final String FIND =
      """
      select sig, pg_snapshot_xmax(pg_current_snapshot())::text::bigint from rpc_log
      where applied_at = timestamp 'epoch' + ? * interval '1 microsecond'
      """;

  private final EventId event;
  private final RpcLog row;
  private final long fullXid;

  private ReplayAnchor(EventId event, RpcLog row, long nextXid) {
    this.event = event;
    this.row = row;
    fullXid = nextXid + (int) (row.xid() - nextXid);
  }

  /** Finds the row; null if it is not there. */
  static @Nullable ReplayAnchor find(DataSource database, RpcLogReader reader, EventId event)
      throws SQLException {
    String found = null;
    long nextXid = 0;
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setLong(1, event.appliedAtMicros());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          String sig = row.getString(1);
          if (EventId.of(sig, event.appliedAtMicros()).isOfSameRow(event)) {
            found = sig;
            nextXid = row.getLong(2);
          }
        }
      }
    }
    if (found == null) {
      return null;
    }
    List<RpcLog> rows = reader.read(Map.of(found, System.nanoTime())).found();
    return rows.isEmpty() ? null : new ReplayAnchor(event, rows.get(0), nextXid);
  }

  /** The row's transaction, 64 bits: rows of later ones are all to be brought. */
  long fullXid() {
    return fullXid;
  }

  /** Since when other rows may have been applied that are to be brought. */
  long sinceMicros() {
    return event.appliedAtMicros() - UNORDERED_MICROS;
  }

  /** What memory is not to send: it is before all that this reading looks at. */
  KnownEvents.Bound bound() {
    return new KnownEvents.Bound(sinceMicros(), (int) row.xid());
  }

  /** The event that the client has named. */
  EventId event() {
    return event;
  }

  boolean isRow(RpcLog other) {
    return row.sig().equals(other.sig());
  }

  /** Whether another row's events are known to have been pushed before the event. */
  boolean isAfter(RpcLog other) {
    int began = (int) (other.xid() - row.xid());
    if (began > 0) {
      return false;
    }
    long byMicros = event.appliedAtMicros() - other.appliedAtMicros();
    if (isInOrderWith(other)) {
      // Stamped later and begun earlier, as a blast that waits for the lock of a chat.
      return began < 0 ? byMicros >= 0 : byMicros > 0;
    }
    return byMicros > UNORDERED_MICROS;
  }

  /** A blast is in all chats of its sender. */
  private boolean isInOrderWith(RpcLog other) {
    boolean isBlast = method(row) == Method.CHAT_BLAST;
    boolean isOtherBlast = method(other) == Method.CHAT_BLAST;
    if (isBlast || isOtherBlast) {
      return (isBlast && !Collections.disjoint(row.walletUsers(), people(other)))
          || (isOtherBlast && !Collections.disjoint(other.walletUsers(), people(row)));
    }
    String chat = chatId(row);
    return !chat.isEmpty() && chat.equals(chatId(other));
  }

  private static Set<Integer> people(RpcLog log) {
    Set<Integer> people = new HashSet<>(log.members());
    people.addAll(log.walletUsers());
    return people;
  }

  private static String chatId(RpcLog log) {
    ParsedRpc rpc = log.rpc();
    return rpc != null && method(log) == Method.CHAT_CREATE
        ? Objects.requireNonNullElse(rpc.chatId(), "")
        : log.chatId();
  }

  private static Method method(RpcLog log) {
    return Method.of(log.methodName());
  }
}
