package herald.gateway.demo.api;

import herald.gateway.demo.BlastAudience;
import herald.gateway.demo.ChatRows;
import herald.gateway.demo.MemberRows;
import herald.gateway.demo.PlatformTransaction;
import herald.gateway.demo.SqlUpdates;
import herald.protocol.HashIds;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What each method of the API writes, inside the caller's open transaction. The chat that it is
 * about is locked already. Not thread safe.
 */
final class Operations {
  private static final Set<String> PERMITS =
      Set.of("all", "followees", "followers", "tippees", "tippers", "verified", "none");
  private static final Set<String> AUDIENCES =
      Set.of(
          "follower_audience",
          "tipper_audience",
          "remixer_audience",
          "customer_audience",
          "coin_holder_audience");
  private static final int MAX_TEXT_CHARACTERS = 20_000;
  private static final int MAX_MEMBERS = 20;

  private final PlatformTransaction transaction;
  private final ChatRows chats;
  private final MemberRows members;
  private final Caller caller;
  private final Permissions permissions;
  private final LocalDateTime now;

  Operations(PlatformTransaction transaction, Caller caller, LocalDateTime now) {
    this.transaction = transaction;
    this.caller = caller;
    this.now = now;
    chats = transaction.chats();
    members = transaction.members();
    permissions = new Permissions(transaction.connection(), caller);
  }

  /** Whether a method is about a chat that has to be there. */
  static boolean needsChat(String method) {
    return switch (method) {
      case "chat.message", "chat.react", "chat.read", "chat.delete" -> true;
      default -> false;
    };
  }

  /** Checks and writes. */
  void apply(String method, JsonObject params) throws RefusedException, SQLException {
    switch (method) {
      case "chat.create" -> create(params);
      case "chat.message" -> message(params);
      case "chat.react" -> react(params);
      case "chat.read" -> read(params);
      case "chat.delete" -> delete(params);
      case "chat.blast" -> blast(params);
      case "chat.permit" -> permit(params);
      case "chat.block" -> block(params);
      case "chat.unblock" -> unblock(params);
      default -> throw RefusedException.badRequest("the method is none of this API's");
    }
  }

  /** A chat that is there already stays as it is: who came first has made its secret. */
  private void create(JsonObject params) throws RefusedException, SQLException {
    permissions.requireNotBanned();
    String chatId = params.text("chat_id");
    Map<Integer, String> inviteCodes = new TreeMap<>();
    for (JsonObject invite : params.objects("invites")) {
      String code = invite.textOrNull("invite_code");
      inviteCodes.put(userId(invite), code == null ? "" : code);
    }
    inviteCodes.putIfAbsent(caller.userId(), "");
    if (inviteCodes.size() < 2 || inviteCodes.size() > MAX_MEMBERS) {
      throw RefusedException.badRequest("a chat has from 2 to " + MAX_MEMBERS + " members");
    }
    String expected =
        inviteCodes.keySet().stream()
            .map(HashIds::encode)
            .sorted()
            .collect(Collectors.joining(":"));
    if (!chatId.equals(expected)) {
      throw RefusedException.badRequest("'chat_id' is not the members' ids, sorted, joined by ':'");
    }
    for (Integer member : inviteCodes.keySet()) {
      permissions.requireUser(member);
      if (member != caller.userId()) {
        permissions.requireAllowed(member);
      }
    }
    boolean isNew =
        SqlUpdates.update(
                transaction.connection(),
                "insert into chat (chat_id, created_at, last_message_at) values (?, ?, ?)"
                    + " on conflict (chat_id) do nothing",
                chatId,
                now,
                now)
            == 1;
    if (isNew) {
      for (Map.Entry<Integer, String> member : inviteCodes.entrySet()) {
        chats.insertMember(chatId, member.getKey(), caller.userId(), member.getValue(), now);
      }
      chats.insertEarlierBlasts(chatId);
      SqlUpdates.update(
          transaction.connection(),
          "update chat c set last_message = b.plaintext, last_message_is_plaintext = true,"
              + " last_message_at = m.created_at"
              + " from chat_message m join chat_blast b on b.blast_id = m.blast_id"
              + " where c.chat_id = ? and m.chat_id = c.chat_id and m.created_at ="
              + " (select max(n.created_at) from chat_message n where n.chat_id = c.chat_id)",
          chatId);
    }
  }

  private void message(JsonObject params) throws RefusedException, SQLException {
    String chatId = params.text("chat_id");
    permissions.requireNotBanned();
    permissions.requireMember(chatId);
    permissions.requireAllowedInChat(chatId);
    String text = boundedText(params);
    boolean isPlaintext = Boolean.TRUE.equals(params.booleanOrNull("is_plaintext"));
    chats.insertMessage(params.text("message_id"), chatId, caller.userId(), text, now);
    chats.noteLastMessage(chatId, caller.userId(), text, isPlaintext, now);
    members.showAgain(chatId);
  }

  private void react(JsonObject params) throws RefusedException, SQLException {
    String chatId = params.text("chat_id");
    String messageId = params.text("message_id");
    permissions.requireMember(chatId);
    permissions.requireAllowedInChat(chatId);
    permissions.requireMessage(chatId, messageId);
    chats.setReaction(caller.userId(), messageId, params.textOrNull("reaction"), now);
  }

  private void read(JsonObject params) throws RefusedException, SQLException {
    String chatId = params.text("chat_id");
    permissions.requireMember(chatId);
    members.read(chatId, caller.userId(), now);
  }

  private void delete(JsonObject params) throws RefusedException, SQLException {
    String chatId = params.text("chat_id");
    permissions.requireMember(chatId);
    members.clear(chatId, caller.userId(), now);
  }

  private void blast(JsonObject params) throws RefusedException, SQLException {
    permissions.requireNotBanned();
    String blastId = params.text("blast_id");
    String text = boundedText(params);
    chats.insertBlast(blastId, caller.userId(), audience(params), text, now);
    for (String chatId : chats.chatsOfAudience(blastId, caller.userId())) {
      chats.lock(chatId);
      LocalDateTime lockedAt = transaction.now();
      chats.insertBlastMessage(blastId, chatId, caller.userId(), lockedAt);
      chats.noteLastMessage(chatId, caller.userId(), text, true, lockedAt);
    }
  }

  private static BlastAudience audience(JsonObject params) throws RefusedException {
    String kind = params.text("audience");
    if (!AUDIENCES.contains(kind)) {
      throw RefusedException.badRequest("'audience' is none that a blast can have");
    }
    String contentId = params.textOrNull("audience_content_id");
    if (contentId == null) {
      return BlastAudience.of(kind);
    }
    OptionalInt id = HashIds.decode(contentId);
    String type = params.text("audience_content_type");
    if (id.isEmpty() || !(type.equals("track") || type.equals("album"))) {
      throw RefusedException.badRequest("'audience_content_id' names no track or album");
    }
    return new BlastAudience(kind, id.getAsInt(), type);
  }

  /** With {@code allow} the named ones are set; without it they are all that is allowed. */
  private void permit(JsonObject params) throws RefusedException, SQLException {
    List<String> permits = params.texts("permit_list");
    if (permits.isEmpty()) {
      permits = List.of(params.text("permit"));
    }
    if (!PERMITS.containsAll(permits)) {
      throw RefusedException.badRequest("'permit' is none of " + String.join(", ", PERMITS));
    }
    Boolean allow = params.booleanOrNull("allow");
    if (allow == null) {
      members.forgetPermits(caller.userId());
    }
    for (String permit : permits) {
      members.permit(caller.userId(), permit, allow == null || allow, now);
    }
  }

  private void block(JsonObject params) throws RefusedException, SQLException {
    int blockee = userId(params);
    permissions.requireUser(blockee);
    if (blockee == caller.userId()) {
      throw RefusedException.badRequest("nobody can block themselves");
    }
    members.block(caller.userId(), blockee, now);
  }

  private void unblock(JsonObject params) throws RefusedException, SQLException {
    members.unblock(caller.userId(), userId(params));
  }

  private static int userId(JsonObject holder) throws RefusedException {
    OptionalInt id = HashIds.decode(holder.text("user_id"));
    if (id.isEmpty()) {
      throw RefusedException.badRequest("'user_id' is no user's id");
    }
    return id.getAsInt();
  }

  private static String boundedText(JsonObject params) throws RefusedException {
    String text = params.text("message");
    if (text.length() > MAX_TEXT_CHARACTERS) {
      throw RefusedException.badRequest(
          "'message' has over " + MAX_TEXT_CHARACTERS + " characters");
    }
    return text;
  }
}
