package herald.gateway.check;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table that Herald reads: its columns with the types that do, and the columns that an index has
 * to begin with for look-ups not to read the whole table.
 *
 * @param name as it is found through the search path
 * @param columns types by column name, as PostgreSQL's format_type spells them
 * @param indexed leading columns of indexes
 */
record ExpectedTable(String name, Map<String, List<String>> columns, List<String> indexed) {
  private static final List<String> TEXT = List.of("text", "character varying");
  private static final List<String> INTEGER = List.of("integer");
  private static final List<String> BOOLEAN = List.of("boolean");

  /** Without a zone: it holds UTC. A column with a zone would be converted when it is read. */
  private static final List<String> TIMESTAMP = List.of("timestamp without time zone");

  /** Not jsonb, which does not keep the text as it was signed. */
  private static final List<String> JSON = List.of("json");

  private static final List<ExpectedTable> ALL =
      List.of(
          table("rpc_log")
              .with(TEXT, "sig", "from_wallet")
              .with(JSON, "rpc")
              .with(TIMESTAMP, "relayed_at", "applied_at")
              .indexedBy("sig", "applied_at"),
          table("users")
              .with(INTEGER, "user_id")
              .with(TEXT, "handle", "wallet")
              .with(BOOLEAN, "is_current", "is_available", "is_deactivated")
              .indexedBy("wallet", "user_id"),
          table("chat_member")
              .with(TEXT, "chat_id")
              .with(INTEGER, "user_id")
              .with(BOOLEAN, "is_hidden")
              .indexedBy("chat_id", "user_id"),
          table("chat_message")
              .with(TEXT, "message_id", "chat_id", "ciphertext", "blast_id")
              .with(INTEGER, "user_id")
              .with(TIMESTAMP, "created_at")
              .indexedBy("message_id", "chat_id"),
          table("chat_message_reactions")
              .with(TEXT, "message_id", "reaction")
              .with(INTEGER, "user_id")
              .with(TIMESTAMP, "updated_at")
              .indexedBy("user_id"),
          table("chat_blast")
              .with(TEXT, "blast_id", "audience", "audience_content_type", "plaintext")
              .with(INTEGER, "from_user_id", "audience_content_id")
              .with(List.of("timestamp with time zone"), "created_at")
              .indexedBy("blast_id"),
          table("chat_blocked_users")
              .with(INTEGER, "blocker_user_id", "blockee_user_id")
              .indexedBy("blocker_user_id"),
          table("chat_permissions").with(INTEGER, "user_id").indexedBy("user_id"),
          table("chat_ban")
              .with(INTEGER, "user_id")
              .with(BOOLEAN, "is_banned")
              .indexedBy("user_id"),
          table("user_pubkeys")
              .with(INTEGER, "user_id")
              .with(TEXT, "pubkey_base64")
              .indexedBy("user_id"));

  /** Every table that Herald itself reads or writes. */
  static List<ExpectedTable> all() {
    return ALL;
  }

  private static ExpectedTable table(String name) {
    return new ExpectedTable(name, Map.of(), List.of());
  }

  private ExpectedTable with(List<String> types, String... names) {
    Map<String, List<String>> more = new LinkedHashMap<>(columns);
    for (String column : names) {
      more.put(column, types);
    }
    return new ExpectedTable(name, more, indexed);
  }

  private ExpectedTable indexedBy(String... leadingColumns) {
    return new ExpectedTable(name, columns, List.of(leadingColumns));
  }
}
