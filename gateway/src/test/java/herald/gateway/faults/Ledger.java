package herald.gateway.faults;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/**
 * What the database says was committed, and for whom: the contract's audiences in SQL of the
 * suite's own. Read when the writers rest.
 *
 * <p>Whatever concerns a chat is stamped while the chat's row is locked, so within a chat the order
 * of {@code applied_at} is that of the commits.
 */
final class Ledger {
  /** What was confirmed may come again for the horizon, which these rounds outlast. */
  private static final int ROUNDS_KEPT = 5;

  private static final String CONCERNED =
      """
      with logs as (
        select u.user_id as sender, l.rpc->>'method' as method, l.rpc->'params' as params,
               (extract(epoch from l.applied_at) * 1000000)::bigint as micros
        from rpc_log l join users u on u.wallet = l.from_wallet
        where l.applied_at >= timestamp 'epoch' + ? * interval '1 microsecond'),
      in_chats as (
        select l.params->>'blast_id' as blast_id, m.message_id, m.chat_id, o.user_id, l.micros
        from logs l
        join chat_message m on m.blast_id = l.params->>'blast_id'
        join chat_member o on o.chat_id = m.chat_id and o.user_id <> l.sender
        where l.method = 'chat.blast')
      select m.user_id, concat_ws('/', l.params->>'message_id', l.params->>'reaction'),
             l.params->>'chat_id', l.micros
      from logs l
      join chat_member m on m.chat_id = l.params->>'chat_id' and m.user_id <> l.sender
      where l.method in ('chat.message', 'chat.react')
      union all
      select user_id, message_id, chat_id, micros from in_chats
      union all
      select l.sender, l.params->>'blast_id', 'blasts of ' || l.sender, l.micros
      from logs l where l.method = 'chat.blast'
      union all
      select a.to_user_id, l.params->>'blast_id', 'blasts of ' || l.sender, l.micros
      from logs l cross join lateral chat_blast_audience(l.params->>'blast_id') a
      where l.method = 'chat.blast' and a.to_user_id <> l.sender
        and chat_allowed(l.sender, a.to_user_id)
        and not exists (select from in_chats c
                        where c.blast_id = l.params->>'blast_id' and c.user_id = a.to_user_id)
      """;

  private final DataSource database;
  private final Deque<Map<Integer, Map<String, Entry>>> earlierRounds = new ArrayDeque<>();
  private Map<Integer, Map<String, Entry>> byUser = new HashMap<>();
  private int events;

  private record Entry(String stream, long appliedAtMicros) {}

  Ledger(DataSource database) {
    this.database = database;
  }

  /** Reads what was committed since the moment, microseconds since the epoch: a round. */
  void read(long sinceMicros) throws SQLException {
    earlierRounds.addFirst(byUser);
    if (earlierRounds.size() > ROUNDS_KEPT) {
      earlierRounds.removeLast();
    }
    byUser = new HashMap<>();
    Set<String> names = new HashSet<>();
    try (Connection connection = database.getConnection();
        PreparedStatement query = connection.prepareStatement(CONCERNED)) {
      query.setLong(1, sinceMicros);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          names.add(row.getString(2));
          byUser
              .computeIfAbsent(row.getInt(1), user -> new HashMap<>())
              .put(row.getString(2), new Entry(row.getString(3), row.getLong(4)));
        }
      }
    }
    events += names.size();
  }

  /** Events of all rounds. */
  int events() {
    return events;
  }

  /**
   * Compares what one client of a user received in this round with what concerned the user.
   *
   * @param arrivals each event once in the order of arrival, with its time in microseconds since
   *     the epoch
   */
  Findings compare(int user, Map<String, Long> arrivals) {
    Map<String, Entry> concerned = byUser.getOrDefault(user, Map.of());
    Findings findings = new Findings();
    concerned.forEach(
        (event, entry) -> {
          if (!arrivals.containsKey(event)) {
            findings.missing++;
            findings.example(
                String.format("user %d, %s: %s is missing", user, entry.stream, event));
          }
        });
    Map<String, Long> lastOfStream = new HashMap<>();
    arrivals.forEach(
        (event, arrivedAtMicros) -> {
          Entry entry = concerned.get(event);
          if (entry == null) {
            if (isOfEarlierRound(user, event)) {
              findings.cameAgain++;
            } else {
              findings.foreign++;
              findings.example(String.format("user %d: %s is foreign", user, event));
            }
            return;
          }
          findings.delivered++;
          findings.longestMicros =
              Math.max(findings.longestMicros, arrivedAtMicros - entry.appliedAtMicros);
          long last = lastOfStream.getOrDefault(entry.stream, Long.MIN_VALUE);
          if (entry.appliedAtMicros < last) {
            findings.outOfOrder++;
            findings.example(
                String.format(
                    "user %d, %s: %s, applied %d ms before one that had come, came %d ms after"
                        + " that was applied",
                    user,
                    entry.stream,
                    event,
                    (last - entry.appliedAtMicros) / 1_000,
                    (arrivedAtMicros - last) / 1_000));
          } else {
            lastOfStream.put(entry.stream, entry.appliedAtMicros);
          }
        });
    return findings;
  }

  private boolean isOfEarlierRound(int user, String event) {
    return earlierRounds.stream()
        .anyMatch(round -> round.getOrDefault(user, Map.of()).containsKey(event));
  }
}
