package herald.gateway.faults;

import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.platform.RpcLog;
import herald.demo.platform.SqlUpdates;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Rows of {@code rpc_log} that store nothing besides, and are hard or impossible to read. They are
 * written into a writer's open transaction. One thread.
 */
final class PoisonRows {
  /** No number can stand for these. */
  private static final List<String> TIMES =
      List.of("infinity", "-infinity", "294276-12-31 23:59:59.999999");

  private static final List<String> NAMES =
      List.of(
          "method",
          "Method",
          "METHOD",
          "params",
          "Params",
          "chat_id",
          "Chat_ID",
          "message_id",
          "MESSAGE_ID",
          "blast_id",
          "reaction",
          "current_user_id",
          "timestamp",
          "x",
          "",
          "\\u0000",
          "\\ud800",
          "\\uD83D\\uDE00",
          "\\\"",
          "\u017f");

  private static final List<String> TEXTS =
      List.of(
          "chat.message",
          "chat.react",
          "chat.blast",
          "chat.create",
          "chat.read",
          "chat.delete",
          "chat.permit",
          "user.validate_can_chat",
          "x",
          "",
          "\\u0000",
          "\\ud800",
          "\\udc00x",
          "a\\u0000b",
          "\\\"",
          "\\\\",
          "\\n",
          "\uffff",
          "\ud83d\ude00");

  private static final int MOST_MEMBERS = 5;
  private static final int DEEPEST = 6_000;
  private static final int LARGE = 4_000_000;
  private static final int ONE_LARGE_IN = 10;
  private static final int ONE_LARGE_INCOMPRESSIBLE_IN = 4;

  private final Random random;

  PoisonRows(Random random) {
    this.random = random;
  }

  /** Writes one row of any kind. */
  void append(PlatformTransaction transaction, PlatformUser signer, String chatId)
      throws SQLException {
    switch (random.nextInt(6)) {
      case 0 -> unreadable(transaction, signer);
      case 1 -> log(transaction, signer, withNul());
      case 2 -> log(transaction, signer, deep(chatId));
      case 3 -> log(transaction, signer, json(4));
      case 4 -> log(transaction, signer, rpc("\"" + text() + "\"", "\"chat_id\":" + json(2)));
      default ->
          log(
              transaction,
              signer,
              random.nextInt(ONE_LARGE_IN) == 0 ? large() : rpc("\"chat.unheard_of\"", "\"x\":1"));
    }
  }

  private static void log(PlatformTransaction transaction, PlatformUser signer, String rpc)
      throws SQLException {
    String sig = "poison " + UUID.randomUUID();
    transaction.append(new RpcLog(sig, rpc, signer.wallet(), transaction.now(), transaction.now()));
  }

  /** Reading it fails, and with it whatever is read together with it. */
  private void unreadable(PlatformTransaction transaction, PlatformUser signer)
      throws SQLException {
    String time = TIMES.get(random.nextInt(TIMES.size()));
    // A row that is stamped long ago is beyond the window of a catch-up, whatever is in it.
    boolean isRelayedAt = time.startsWith("-") || random.nextBoolean();
    SqlUpdates.update(
        transaction.connection(),
        "insert into rpc_log (sig, rpc, from_wallet, relayed_by, relayed_at, applied_at)"
            + " values (?, ?::json, ?, 'bridge', "
            + (isRelayedAt ? "?::timestamp, ?" : "?, ?::timestamp")
            + ")",
        "unreadable " + UUID.randomUUID(),
        rpc("\"" + text() + "\"", "\"x\":1"),
        signer.wallet(),
        isRelayedAt ? time : transaction.now(),
        isRelayedAt ? transaction.now() : time);
  }

  private static String rpc(String method, String params) {
    return "{\"method\":" + method + ",\"params\":{" + params + "}}";
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  /** PostgreSQL takes it as JSON and can't make a text of it. */
  private String withNul() {
    return switch (random.nextInt(4)) {
      case 0 ->
          "{\"method\":\"chat.create\",\"Method\":\"x\",\"params\":{\"chat_id\":\"\\u0000\"}}";
      case 1 -> rpc("\"chat.create\"", "\"chat_id\":\"a\\u0000\"");
      case 2 -> rpc("\"chat.blast\"", "\"blast_id\":\"\\u0000\"");
      default -> rpc("\"chat.message\"", "\"chat_id\":\"\\u0000\",\"message_id\":\"x\\u0000\"");
    };
  }

  private String deep(String chatId) {
    int depth = 1 + random.nextInt(DEEPEST);
    String nested =
        random.nextBoolean()
            ? "[".repeat(depth) + "]".repeat(depth)
            : "{\"a\":".repeat(depth) + "0" + "}".repeat(depth);
    return switch (random.nextInt(3)) {
      case 0 -> nested;
      case 1 -> rpc("\"chat.message\"", "\"chat_id\":\"" + chatId + "\",\"message_id\":" + nested);
      default -> "{\"x\":" + nested + ",\"method\":\"chat.create\",\"params\":{}}";
    };
  }

  private String large() {
    String text = "x".repeat(LARGE);
    if (random.nextInt(ONE_LARGE_INCOMPRESSIBLE_IN) == 0) {
      StringBuilder digits = new StringBuilder(LARGE);
      while (digits.length() < LARGE) {
        digits.append(random.nextLong());
      }
      text = digits.toString();
    }
    return rpc(
        "\"chat.message\"", "\"message_id\":\"" + UUID.randomUUID() + "\",\"x\":\"" + text + "\"");
  }

  /** Any JSON. */
  private String json(int depth) {
    StringBuilder json = new StringBuilder();
    appendJson(json, depth);
    return json.toString();
  }

  private void appendJson(StringBuilder json, int depth) {
    switch (random.nextInt(depth > 0 ? 8 : 5)) {
      case 0 -> json.append("null");
      case 1 -> json.append(random.nextBoolean());
      case 2 -> json.append(random.nextInt()).append(random.nextBoolean() ? "" : "e99");
      case 3, 4 -> json.append('"').append(text()).append('"');
      case 5 -> {
        json.append('[');
        for (int i = random.nextInt(MOST_MEMBERS); i >= 0; i--) {
          appendJson(json, depth - 1);
          json.append(i > 0 ? "," : "");
        }
        json.append(']');
      }
      default -> {
        json.append('{');
        for (int i = random.nextInt(MOST_MEMBERS); i >= 0; i--) {
          json.append('"').append(NAMES.get(random.nextInt(NAMES.size()))).append("\": ");
          appendJson(json, depth - 1);
          json.append(i > 0 ? "," : "");
        }
        json.append('}');
      }
    }
  }
}
