package herald.gateway.feed;

import herald.protocol.MalformedRpcException;
import herald.protocol.ParsedRpc;
import herald.protocol.RpcParser;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The statement that reads rpc logs, and how its columns are read. */
final class RpcLogQuery {
  static final int SIG = 1;
  static final int XID = 2;
  static final int RPC = 3;
  static final int RELAYED_AT = 4;
  static final int APPLIED_AT = 5;
  static final int WALLET_USERS = 6;
  static final int LOOKED_UP_MESSAGE_ID = 7;
  static final int BLOCKED_PAIRS = 13;
  private static final int CHAT_ID = 8;
  private static final int SENDER_USER_ID = 9;
  private static final int STORED_TEXT = 10;
  private static final int MEMBERS = 11;
  private static final int REACTIONS = 12;

  /** Before the user id of a reaction that the rpc log has stored, and of another one. */
  private static final char OF_RPC_LOG = '=';

  /** A packed text of this part of the most bytes, and of no more, is unpacked to be measured. */
  static final int PACKED_PART = 16;

  /** The message's id in a column named text, if that is written as the SDK writes it. */
  static final String MESSAGE_ID =
      "split_part(split_part(r.text, '\"message_id\":\"', 2), '\"', 1)";

  /**
   * Parameters: signatures; for each of them the id of its message, or null for that in its text;
   * the most bytes of a text that is given out.
   *
   * <p>The message is the rpc log's own if its sender is one of the wallet's users and its time is
   * the rpc log's; a reaction by its time. Members from whom the chat is hidden are negative (the
   * complement of the user id).
   *
   * <p>What a text takes on the disk is looked at first, which is known without unpacking it: only
   * one that may be small is unpacked to see how long it is. One that is packed may be many times
   * as long when it is unpacked, up to 90 times as PostgreSQL packs by default and 255 times with
   * lz4, and json can't be measured otherwise. So of these only the {@value #PACKED_PART}th part
   * may be stored. A message's text, which is text, can be measured: a small rpc log that names a
   * large message is given out like a large one.
   *
   * <p>Each row by its key, whatever the planner thinks: without statistics, as on a table that
   * grows fast, it would take a plain join for a reason to read the whole table. What {@code offset
   * 0} closes off is computed once and not again wherever it is named. The signatures are handed in
   * by a subquery, where the planner does not count them: it finds one plan good for all numbers of
   * them and keeps it, instead of planning each time, which took longer than the reading of a row.
   */
  private static final String TEMPLATE =
      """
      select l.sig, l.xid,
             case when l.own and octet_length(l.ciphertext) > l.max_bytes then null else l.rpc end,
             l.relayed_micros, l.applied_micros, l.users, l.message_id,
             l.chat_id, l.sender,
             case when l.own and octet_length(l.ciphertext) <= l.max_bytes then l.ciphertext end,
             l.members,
             case when l.own or l.chat_id is null then null else array(
               select case when c.updated_at = l.relayed_at then '=' || c.user_id || ' ' || c.reaction
                      else '<' || c.user_id end
               from chat_message_reactions c
               where c.user_id = any(l.users) and c.message_id = l.message_id) end,
             case when l.chat_id is null then null else array(
               select (b.blocker_user_id::bigint << 32) | b.blockee_user_id
               from chat_blocked_users b
               where b.blocker_user_id = any(l.users) and b.blockee_user_id = any(l.members)
               union all
               select (b.blocker_user_id::bigint << 32) | b.blockee_user_id
               from chat_blocked_users b
               where b.blocker_user_id = any(l.members) and b.blockee_user_id = any(l.users)) end
      from (
        select k.*, m.chat_id, m.user_id as sender, m.ciphertext,
               coalesce(m.created_at = k.relayed_at and m.user_id = any(k.users), false) as own,
               case when m.chat_id is null then null else array(
                 select case when t.is_hidden then ~t.user_id else t.user_id end
                 from chat_member t
                 where t.chat_id = m.chat_id) end as members
        from (
          select %3$sp.max_bytes, r.sig, r.xid, r.relayed_at,
                 case when octet_length(r.text) <= p.max_bytes then r.text end as rpc,
                 (extract(epoch from r.relayed_at) * 1000000)::bigint as relayed_micros,
                 (extract(epoch from r.applied_at) * 1000000)::bigint as applied_micros,
                 coalesce(n.message_id, case when octet_length(r.text) <= p.max_bytes
                   then %1$s else '' end) as message_id,
                 array(
                   select u.user_id from users u
                   where u.wallet = lower(r.from_wallet) and u.is_current
                     and u.handle is not null and u.is_available and not u.is_deactivated) as users
          from %4$s
          cross join (select ?::int as max_bytes offset 0) p
          cross join lateral (
            select g.sig, g.xmin::text::bigint as xid, g.from_wallet, g.relayed_at, g.applied_at,
                   case when pg_column_size(g.rpc) <= p.max_bytes
                       / case when pg_column_compression(g.rpc) is null then 2 else %2$d end
                     then g.rpc::text end as text
            from rpc_log g where g.sig = n.sig limit 1) r
          offset 0) k
        left join lateral (
          select a.chat_id, a.user_id, a.created_at, a.ciphertext
          from chat_message a where a.message_id = k.message_id limit 1) m on true
        offset 0) l
      %5$s
      """;

  static final String TEXT =
      text(
          "n.place, ",
          "unnest((select ?::text[]), (select ?::text[])) with ordinality"
              + " n(sig, message_id, place)",
          "order by l.place");

  /** The same with PostgreSQL's own names for the parameters. */
  static final String NUMBERED = numbered(TEXT);

  /**
   * The same for one signature, with the id of the message that is in its text. Parameters: the
   * signature; the most bytes of a text that is given out. It takes PostgreSQL a sixth less time.
   */
  static final String ONE =
      numbered(text("", "(select ?::text as sig, null::text as message_id) n", ""));

  static final int COLUMNS = 13;

  private RpcLogQuery() {}

  private static String text(String place, String signatures, String order) {
    return TEMPLATE.formatted(MESSAGE_ID, PACKED_PART, place, signatures, order);
  }

  private static String numbered(String text) {
    String numbered = text;
    for (int number = 1; numbered.contains("?"); number++) {
      numbered = numbered.replaceFirst("\\?", "\\$" + number);
    }
    return numbered;
  }

  /**
   * A row of these columns.
   *
   * @param walletUsers in any order
   */
  static RpcLog log(
      String sig,
      long xid,
      @Nullable String text,
      long relayedAtMicros,
      long appliedAtMicros,
      List<Integer> walletUsers,
      @Nullable StoredMessage message,
      Collection<Long> blockedPairs,
      long receivedAtNanos) {
    return new RpcLog(
        sig,
        xid,
        text,
        text == null ? null : parse(text),
        relayedAtMicros,
        appliedAtMicros,
        // PostgreSQL takes microseconds to begin and end the sorting of a single one.
        walletUsers.size() > 1 ? walletUsers.stream().sorted().toList() : walletUsers,
        message,
        blockedPairs.isEmpty() ? Set.of() : new HashSet<>(blockedPairs),
        receivedAtNanos);
  }

  private static @Nullable ParsedRpc parse(String text) {
    try {
      return RpcParser.parse(text);
    } catch (MalformedRpcException e) {
      return null;
    }
  }

  /** The message of the row; null if there is none. */
  static @Nullable StoredMessage message(ResultSet row) throws SQLException {
    String chatId = row.getString(CHAT_ID);
    if (chatId == null) {
      return null;
    }
    return message(
        row.getString(LOOKED_UP_MESSAGE_ID),
        chatId,
        row.getInt(SENDER_USER_ID),
        row.getString(STORED_TEXT),
        integers(row, MEMBERS),
        texts(row, REACTIONS));
  }

  /** A message of these columns. */
  static StoredMessage message(
      String messageId,
      String chatId,
      int sender,
      @Nullable String text,
      List<Integer> members,
      List<String> reactions) {
    List<Integer> visible = new ArrayList<>(4);
    List<Integer> hidden = new ArrayList<>(0);
    for (int member : members) {
      if (member < 0) {
        hidden.add(~member);
      } else {
        visible.add(member);
      }
    }
    return new StoredMessage(messageId, chatId, sender, text, visible, hidden, of(reactions));
  }

  private static List<String> texts(ResultSet row, int column) throws SQLException {
    Array array = row.getArray(column);
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }

  private static List<StoredMessage.Reaction> of(List<String> texts) {
    List<StoredMessage.Reaction> reactions = new ArrayList<>(texts.size());
    for (String reaction : texts) {
      boolean isOfRpcLog = reaction.charAt(0) == OF_RPC_LOG;
      int end = isOfRpcLog ? reaction.indexOf(' ') : reaction.length();
      reactions.add(
          new StoredMessage.Reaction(
              Integer.parseInt(reaction, 1, end, 10),
              isOfRpcLog ? reaction.substring(end + 1) : null));
    }
    return reactions;
  }

  /** Whole numbers of any of PostgreSQL's types; none for null. */
  static List<Integer> integers(ResultSet row, int column) throws SQLException {
    Array array = row.getArray(column);
    if (array == null) {
      return List.of();
    }
    Object[] numbers = (Object[]) array.getArray();
    List<Integer> integers = new ArrayList<>(numbers.length);
    for (Object number : numbers) {
      integers.add(Math.toIntExact(((Number) number).longValue()));
    }
    return integers;
  }

  static Set<Long> longs(ResultSet row, int column) throws SQLException {
    Array array = row.getArray(column);
    if (array == null) {
      return Set.of();
    }
    Object[] numbers = (Object[]) array.getArray();
    if (numbers.length == 0) {
      return Set.of();
    }
    Set<Long> longs = new HashSet<>();
    for (Object number : numbers) {
      longs.add(((Number) number).longValue());
    }
    return longs;
  }
}
