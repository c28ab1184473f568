package herald.demo.api;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.ChatRows;
import herald.demo.platform.MemberRows;
import herald.demo.platform.PlatformTransaction;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What each method of the API writes, inside the caller's open transaction. Every member that the
 * API knows of a method is read, because a wrong type refuses the whole even where the value is not
 * used. Not thread safe.
 */
final class Operations {
  private static final Set<String> PERMITS =
      Set.of("all", "followees", "followers", "tippees", "tippers", "verified", "none");
  private static final int MAX_TEXT_CHARACTERS = 20_000;

  private final PlatformTransaction transaction;
  private final ChatRows chats;
  private final MemberRows members;
  private final Permissions permissions;
  private final int userId;
  private final LocalDateTime relayedAt;

  /**
   * @param permissions of the user who is asked for the right to do it
   * @param userId who does it
   * @param relayedAt the time of all that is written
   */
  Operations(
      PlatformTransaction transaction,
      Permissions permissions,
      int userId,
      LocalDateTime relayedAt) {
    this.transaction = transaction;
    this.permissions = permissions;
    this.userId = userId;
    this.relayedAt = relayedAt;
    chats = transaction.chats();
    members = transaction.members();
  }

  /** Holds the chat that an operation is about, for those about a chat that has to be there. */
  void lockChat(String method, JsonObject rpc) throws RefusedException, SQLException {
    switch (method) {
      case "chat.message", "chat.react", "chat.read", "chat.delete" -> {
        String chatId = rpc.object("params").text("chat_id");
        permissions.requireMember(chatId);
        chats.lock(chatId);
      }
      default -> {
        // It makes its chat, or is about none.
      }
    }
  }

  /** Checks and writes. A method that the API does not know writes nothing, whatever it holds. */
  void apply(String method, JsonObject rpc) throws RefusedException, SQLException {
    switch (method) {
      case "chat.create" ->
          new ChatCreation(transaction, permissions, userId, relayedAt).apply(rpc.object("params"));
      case "chat.message" -> message(rpc.object("params"));
      case "chat.react" -> react(rpc.object("params"));
      case "chat.read" -> read(rpc.object("params"));
      case "chat.delete" -> delete(rpc.object("params"));
      case "chat.blast" -> blast(rpc.object("params"));
      case "chat.permit" -> permit(rpc.object("params"));
      case "chat.block" -> block(rpc.object("params"));
      case "chat.unblock" -> members.unblock(userId, otherUser(rpc.object("params")));
      default -> {
        // The rpc log is all that is written.
      }
    }
  }

  /** A message of one's own is never marked as plaintext, whatever was signed. */
  private void message(JsonObject params) throws RefusedException, SQLException {
    String chatId = params.text("chat_id");
    String messageId = params.text("message_id");
    String text = boundedText(params);
    params.optionalBoolean("is_plaintext");
    params.optionalText("parent_message_id");
    params.optionalText("audience");
    permissions.requireAllowedInChat(chatId);
    chats.insertMessage(messageId, chatId, userId, text, relayedAt);
    chats.noteLastMessage(chatId, userId, text, false, relayedAt);
    members.showAgain(chatId, relayedAt);
    members.read(chatId, userId, relayedAt);
  }

  private void react(JsonObject params) throws RefusedException, SQLException {
    String chatId = params.text("chat_id");
    String messageId = params.text("message_id");
    String reaction = params.optionalText("reaction");
    permissions.requireAllowedInChat(chatId);
    permissions.requireMessage(chatId, messageId);
    chats.setReaction(userId, messageId, reaction, relayedAt);
  }

  private void read(JsonObject params) throws RefusedException, SQLException {
    members.read(params.text("chat_id"), userId, relayedAt);
  }

  private void delete(JsonObject params) throws RefusedException, SQLException {
    members.clear(params.text("chat_id"), userId, relayedAt);
  }

  /** Of a blast that is there already goes into the chats what is there, whoever repeats it. */
  private void blast(JsonObject params) throws RefusedException, SQLException {
    String blastId = params.text("blast_id");
    String kind = params.text("audience");
    String text = boundedText(params);
    Integer contentId = contentId(params.optionalText("audience_content_id"));
    String contentType = params.optionalText("audience_content_type");
    BlastAudience audience = new BlastAudience(kind, contentId, contentType);
    chats.insertBlast(blastId, userId, audience, text, relayedAt);
    for (String chatId : chats.chatsOfAudience(blastId)) {
      chats.lock(chatId);
      chats.insertBlastMessage(blastId, chatId, relayedAt);
      members.showAgain(chatId, relayedAt);
    }
  }

  /** What is no id counts as 0. */
  private static @Nullable Integer contentId(@Nullable String text) throws RefusedException {
    return text == null ? null : column(GoText.id(text).orElse(0), "audience_content_id");
  }

  /** With {@code allow} the named ones are set; without it they are all that is allowed. */
  private void permit(JsonObject params) throws RefusedException, SQLException {
    String single = params.text("permit");
    List<String> permits = params.texts("permit_list");
    if (permits.isEmpty()) {
      permits = List.of(single);
    }
    if (!PERMITS.containsAll(permits)) {
      throw RefusedException.badRequest("'permit' is none of " + String.join(", ", PERMITS));
    }
    Boolean allow = params.optionalBoolean("allow");
    if (allow == null) {
      members.forgetPermits(userId);
    }
    for (String permit : permits) {
      members.permit(userId, permit, allow == null || allow, relayedAt);
    }
  }

  private void block(JsonObject params) throws RefusedException, SQLException {
    int blockee = otherUser(params);
    permissions.requireUser(blockee);
    if (blockee == userId) {
      throw RefusedException.badRequest("nobody can block themselves");
    }
    members.block(userId, blockee, relayedAt);
  }

  /** The user whom a member {@code user_id} names. */
  static int otherUser(JsonObject holder) throws RefusedException {
    OptionalLong id = GoText.id(holder.text("user_id"));
    if (id.isEmpty()) {
      throw RefusedException.badRequest("'user_id' is no user's id");
    }
    return column(id.getAsLong(), "user_id");
  }

  /** As a column of type integer holds it. */
  private static int column(long id, String name) throws RefusedException {
    if (id != (int) id) {
      throw RefusedException.badRequest("'" + name + "' is too large");
    }
    return (int) id;
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
