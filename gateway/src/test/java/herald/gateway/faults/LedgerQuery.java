package herald.gateway.faults;

/**
 * What the database says was committed, and for whom: the contract's audiences in SQL of the
 * suite's own. Nothing is taken from a signed text. A row is an rpc log's if it is of the same
 * transaction, sender and time.
 */
final class LedgerQuery {
  /** Rows whose times no number can stand for: {@link PoisonRows} writes them. */
  private static final String UNREADABLE =
      "(abs(extract(epoch from l.relayed_at)) > 1e12 or abs(extract(epoch from l.applied_at)) >"
          + " 1e12)";

  private static final String SINCE =
      "pg_xact_commit_timestamp(l.xmin) >= to_timestamp(0) + ? * interval '1 microsecond'";

  /**
   * Parameter: the round's beginning. Columns: the receiver; the event as {@link ReceivedEvent}
   * describes it; in what it has to come in order; its place there; when it was committed, in
   * microseconds since the epoch; whether it has to come.
   *
   * <p>The order is that of commits, and within a transaction that of its operations. A reaction
   * that was replaced since need not come.
   */
  static final String CONCERNED =
      """
      with logs as materialized (
        select u.user_id as sender, l.relayed_at, l.xmin as xid,
               dense_rank() over (order by pg_xact_commit_timestamp(l.xmin), l.applied_at) as place,
               (extract(epoch from pg_xact_commit_timestamp(l.xmin)) * 1000000)::bigint as committed
        from rpc_log l join users u on u.wallet = l.from_wallet
        where not %1$s and %2$s),
      blasts as materialized (
        select b.blast_id, b.audience, b.plaintext, l.*
        from logs l
        join chat_blast b on b.from_user_id = l.sender and b.xmin = l.xid
          and b.created_at = l.relayed_at at time zone 'utc'),
      in_chats as materialized (
        select b.*, m.message_id, m.chat_id, o.user_id, o.is_hidden
        from blasts b
        join chat_message m on m.blast_id = b.blast_id and m.xmin = b.xid
          and m.created_at = b.relayed_at
        join chat_member o on o.chat_id = m.chat_id and o.user_id <> b.sender),
      reactions as (
        select h.*, h.xmin as xid,
               h.number = max(h.number) over (partition by h.user_id, h.message_id) as is_last
        from suite_reactions h),
      events as (
        select o.user_id, 'message ' || m.message_id || ' in ' || m.chat_id as what, l.sender,
               l.relayed_at, 'members' as audience, m.ciphertext as text, m.chat_id as stream,
               l.place, l.committed, true as is_required
        from logs l
        join chat_message m on m.user_id = l.sender and m.created_at = l.relayed_at
          and m.xmin = l.xid and m.blast_id is null
        join chat_member o on o.chat_id = m.chat_id and o.user_id <> l.sender and not o.is_hidden
        union all
        select o.user_id, 'reaction to ' || m.message_id || ' in ' || m.chat_id, l.sender,
               l.relayed_at, 'members', h.reaction, m.chat_id, l.place, l.committed, h.is_last
        from logs l
        join reactions h on h.xid = l.xid and h.user_id = l.sender
          and coalesce(h.updated_at, l.relayed_at) = l.relayed_at
        join chat_message m on m.message_id = h.message_id
        join chat_member s on s.chat_id = m.chat_id and s.user_id = l.sender
        join chat_member o on o.chat_id = m.chat_id and o.user_id <> l.sender and not o.is_hidden
        union all
        select user_id, 'blast message ' || message_id || ' in ' || chat_id, sender, relayed_at,
               audience, plaintext, chat_id, place, committed, true
        from in_chats where not is_hidden
        union all
        select sender, 'blast ' || blast_id, sender, relayed_at, audience, plaintext,
               'blasts of ' || sender, place, committed, true
        from blasts
        union all
        select a.to_user_id, 'blast ' || b.blast_id, b.sender, b.relayed_at, b.audience,
               b.plaintext, 'blasts of ' || b.sender, b.place, b.committed, true
        from blasts b cross join lateral chat_blast_audience(b.blast_id) a
        where a.to_user_id <> b.sender and chat_allowed(b.sender, a.to_user_id)
          and not exists (
            select from in_chats c where c.blast_id = b.blast_id and c.user_id = a.to_user_id))
      select user_id,
             what || ' by ' || sender || ' at '
               || (extract(epoch from relayed_at) * 1000000)::bigint || ' for ' || audience || ': '
               || coalesce(md5(text), 'null'),
             stream, place, committed, is_required
      from events
      """
          .formatted(UNREADABLE, SINCE);

  /** Parameter: the round's beginning. Counts the rows that can't be read. */
  static final String COUNT_UNREADABLE =
      "select count(*) from rpc_log l where " + UNREADABLE + " and " + SINCE;

  private LedgerQuery() {}
}
