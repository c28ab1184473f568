package herald.demo.platform;

import herald.demo.platform.RpcText.Params;
import herald.protocol.HashIds;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One open transaction of the platform's API server: each operation writes the rows that it changes
 * and its rpc log. Closing without {@link #commit} rolls back. Not thread safe.
 *
 * <p>Whatever concerns a chat locks the chat's row before it takes the time: {@code applied_at}
 * therefore follows commit order inside a chat, though not between chats. That time is also the rpc
 * log's {@code relayed_at} and the time of every row that the operation writes, as the API server
 * has it.
 */
public final class PlatformTransaction implements AutoCloseable {
  /** The platform's rows hold real signatures; only their shape and uniqueness matter here. */
  private static final int SIGNATURE_BYTES = 65;

  private final Connection connection;
  private final Clock clock;
  private final ChatRows chats;
  private final MemberRows members;

  PlatformTransaction(Connection connection, Clock clock) {
    this.connection = connection;
    this.clock = clock;
    this.chats = new ChatRows(connection);
    this.members = new MemberRows(connection);
  }

  /** Opens a chat and puts into it the earlier blasts that concern it; the subject is its id. */
  public Written createChat(PlatformUser inviter, PlatformUser... others) throws SQLException {
    String chatId = chatId(inviter, others);
    LocalDateTime now = now();
    chats.insertChat(chatId, now);
    chats.insertMember(chatId, inviter.userId(), inviter.userId(), "", now);
    for (PlatformUser other : others) {
      chats.insertMember(chatId, other.userId(), inviter.userId(), "", now);
    }
    chats.insertEarlierBlasts(chatId);
    Params invites =
        json -> {
          json.writeArrayFieldStart("invites");
          for (PlatformUser other : others) {
            json.writeStartObject();
            json.writeStringField("user_id", HashIds.encode(other.userId()));
            json.writeStringField("invite_code", "");
            json.writeEndObject();
          }
          json.writeEndArray();
        };
    return log(inviter, "chat.create", Params.of("chat_id", chatId).then(invites), chatId, now);
  }

  /** Writes a message; the subject is its id. */
  public Written message(PlatformUser sender, String chatId, String text) throws SQLException {
    LocalDateTime now = lock(chatId);
    String messageId = UUID.randomUUID().toString();
    chats.insertMessage(messageId, chatId, sender.userId(), text, now);
    chats.noteLastMessage(chatId, sender.userId(), text, false, now);
    Params params = Params.of("chat_id", chatId, "message_id", messageId, "message", text);
    return log(sender, "chat.message", params, messageId, now);
  }

  /** Reacts to a message, or takes the reaction back with null; the subject is the message. */
  public Written react(
      PlatformUser sender, String chatId, String messageId, @Nullable String reaction)
      throws SQLException {
    LocalDateTime now = lock(chatId);
    chats.setReaction(sender.userId(), messageId, reaction, now);
    Params params = Params.of("chat_id", chatId, "message_id", messageId, "reaction", reaction);
    return log(sender, "chat.react", params, messageId, now);
  }

  /**
   * Sends a blast: its row, and a message in each of the sender's chats with a member of the
   * audience. The subject is the blast's id.
   */
  public Written blast(PlatformUser sender, BlastAudience audience, String text)
      throws SQLException {
    String blastId = UUID.randomUUID().toString();
    // The audience can be asked for a blast that is there only, and its chats are to be locked
    // before
    // the time is taken.
    chats.insertBlast(blastId, sender.userId(), audience, text, now());
    List<String> chatIds = chats.chatsOfAudience(blastId);
    for (String chatId : chatIds) {
      chats.lock(chatId);
    }
    LocalDateTime now = now();
    chats.setBlastTime(blastId, now);
    for (String chatId : chatIds) {
      chats.insertBlastMessage(blastId, chatId, now);
    }
    Params params = Params.of("blast_id", blastId, "audience", audience.kind(), "message", text);
    Integer contentId = audience.contentId();
    if (contentId != null) {
      params =
          params.then(
              Params.of(
                  "audience_content_id",
                  HashIds.encode(contentId),
                  "audience_content_type",
                  audience.contentType()));
    }
    return log(sender, "chat.blast", params, blastId, now);
  }

  /** Marks a chat as read; the subject is the chat. */
  public Written read(PlatformUser reader, String chatId) throws SQLException {
    LocalDateTime now = lock(chatId);
    members.read(chatId, reader.userId(), now);
    return log(reader, "chat.read", Params.of("chat_id", chatId), chatId, now);
  }

  /** Clears a chat for one member and hides it from that member; the subject is the chat. */
  public Written delete(PlatformUser member, String chatId) throws SQLException {
    LocalDateTime now = lock(chatId);
    members.clear(chatId, member.userId(), now);
    return log(member, "chat.delete", Params.of("chat_id", chatId), chatId, now);
  }

  /**
   * Says who may write to a user.
   *
   * @param permit {@code all}, {@code followees}, {@code followers}, {@code tippees}, {@code
   *     tippers}, {@code verified} or {@code none}
   */
  public Written permit(PlatformUser user, String permit, boolean allowed) throws SQLException {
    LocalDateTime now = now();
    members.permit(user.userId(), permit, allowed, now);
    Params params =
        Params.of("permit", permit).then(json -> json.writeBooleanField("allow", allowed));
    return log(user, "chat.permit", params, "", now);
  }

  /** Blocks a user. */
  public Written block(PlatformUser blocker, PlatformUser blockee) throws SQLException {
    LocalDateTime now = now();
    members.block(blocker.userId(), blockee.userId(), now);
    Params params = Params.of("user_id", HashIds.encode(blockee.userId()));
    return log(blocker, "chat.block", params, "", now);
  }

  /** Takes a block back. */
  public Written unblock(PlatformUser blocker, PlatformUser blockee) throws SQLException {
    members.unblock(blocker.userId(), blockee.userId());
    Params params = Params.of("user_id", HashIds.encode(blockee.userId()));
    return log(blocker, "chat.unblock", params, "", now());
  }

  /** Writes an rpc log as it is and nothing else, for what no well-behaved platform writes. */
  public Written append(RpcLog row) throws SQLException {
    insertLog(row, "");
    return new Written(row.sig(), "");
  }

  /**
   * Writes an rpc log unless one of this signature is there.
   *
   * @return whether it was written
   */
  public boolean appendOnce(RpcLog row) throws SQLException {
    return insertLog(row, " on conflict (sig) do nothing") == 1;
  }

  private int insertLog(RpcLog row, String onConflict) throws SQLException {
    return SqlUpdates.update(
        connection,
        "insert into rpc_log (sig, rpc, from_wallet, relayed_by, relayed_at, applied_at)"
            + " values (?, ?::json, ?, 'bridge', ?, ?)"
            + onConflict,
        row.sig(),
        row.rpc(),
        row.fromWallet(),
        row.relayedAt(),
        row.appliedAt());
  }

  /** The rows of chats, for operations that come signed. */
  public ChatRows chats() {
    return chats;
  }

  /** The rows of members, for operations that come signed. */
  public MemberRows members() {
    return members;
  }

  /** The connection, for statements of the caller's own inside this transaction. */
  public Connection connection() {
    return connection;
  }

  /**
   * Commits; the transaction can't be used any more.
   *
   * @return {@link System#nanoTime} right after the commit had returned
   */
  public long commit() throws SQLException {
    connection.commit();
    return System.nanoTime();
  }

  /** Rolls back what was not committed and gives the connection back. */
  @Override
  public void close() throws SQLException {
    try (connection) {
      connection.rollback();
    }
  }

  private LocalDateTime lock(String chatId) throws SQLException {
    chats.lock(chatId);
    return now();
  }

  /** UTC, in the microseconds that a column holds. */
  public LocalDateTime now() {
    return Platform.now(clock);
  }

  private Written log(
      PlatformUser sender, String method, Params params, String subjectId, LocalDateTime now)
      throws SQLException {
    byte[] signature = new byte[SIGNATURE_BYTES];
    ThreadLocalRandom.current().nextBytes(signature);
    String sig = Base64.getEncoder().encodeToString(signature);
    String rpc = RpcText.of(method, params, sender.userId(), now);
    append(new RpcLog(sig, rpc, sender.wallet(), now, now));
    return new Written(sig, subjectId);
  }

  /** The SDK's id of a chat between two; a random one for more. */
  private static String chatId(PlatformUser inviter, PlatformUser... others) {
    if (others.length != 1) {
      return UUID.randomUUID().toString();
    }
    List<String> hashIds =
        Arrays.asList(HashIds.encode(inviter.userId()), HashIds.encode(others[0].userId()));
    hashIds.sort(null);
    return String.join(":", hashIds);
  }
}
