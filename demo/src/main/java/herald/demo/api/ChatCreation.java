package herald.demo.api;

import herald.demo.platform.ChatRows;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.SqlUpdates;
import herald.protocol.HashIds;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Makes a chat, inside the caller's open transaction, and puts into it the earlier blasts that
 * concern it, at their own times. A chat that is there already stays as it is: who came first has
 * made its secret. Not thread safe.
 */
final class ChatCreation {
  private static final int MAX_MEMBERS = 20;

  private final Connection connection;
  private final ChatRows chats;
  private final Permissions permissions;
  private final int creatorId;
  private final LocalDateTime relayedAt;

  ChatCreation(
      PlatformTransaction transaction,
      Permissions permissions,
      int creatorId,
      LocalDateTime relayedAt) {
    connection = transaction.connection();
    chats = transaction.chats();
    this.permissions = permissions;
    this.creatorId = creatorId;
    this.relayedAt = relayedAt;
  }

  void apply(JsonObject params) throws RefusedException, SQLException {
    String chatId = params.text("chat_id");
    Map<Integer, String> inviteCodes = inviteCodes(params);
    requireMembersId(chatId, inviteCodes);
    for (Integer member : inviteCodes.keySet()) {
      permissions.requireUser(member);
      if (member != creatorId) {
        permissions.requireAllowed(member);
      }
    }
    boolean isNew =
        SqlUpdates.update(
                connection,
                "insert into chat (chat_id, created_at, last_message_at) values (?, ?, ?)"
                    + " on conflict (chat_id) do nothing",
                chatId,
                relayedAt,
                relayedAt)
            == 1;
    if (!isNew) {
      return;
    }
    for (Map.Entry<Integer, String> member : inviteCodes.entrySet()) {
      chats.insertMember(chatId, member.getKey(), creatorId, member.getValue(), relayedAt);
    }
    chats.insertEarlierBlasts(chatId);
    SqlUpdates.update(
        connection,
        "update chat c set last_message = b.plaintext, last_message_is_plaintext = true,"
            + " last_message_at = m.created_at"
            + " from chat_message m join chat_blast b on b.blast_id = m.blast_id"
            + " where c.chat_id = ? and m.chat_id = c.chat_id and m.created_at ="
            + " (select max(n.created_at) from chat_message n where n.chat_id = c.chat_id)",
        chatId);
  }

  private Map<Integer, String> inviteCodes(JsonObject params) throws RefusedException {
    Map<Integer, String> inviteCodes = new TreeMap<>();
    for (JsonObject invite : params.objects("invites")) {
      inviteCodes.put(Operations.otherUser(invite), invite.text("invite_code"));
    }
    inviteCodes.putIfAbsent(creatorId, "");
    if (inviteCodes.size() < 2 || inviteCodes.size() > MAX_MEMBERS) {
      throw RefusedException.badRequest("a chat has from 2 to " + MAX_MEMBERS + " members");
    }
    return inviteCodes;
  }

  private static void requireMembersId(String chatId, Map<Integer, String> members)
      throws RefusedException {
    String expected =
        members.keySet().stream().map(HashIds::encode).sorted().collect(Collectors.joining(":"));
    if (!chatId.equals(expected)) {
      throw RefusedException.badRequest("'chat_id' is not the members' ids, sorted, joined by ':'");
    }
  }
}
