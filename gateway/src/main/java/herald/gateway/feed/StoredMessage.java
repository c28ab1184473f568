package herald.gateway.feed;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The row of {@code chat_message} that an rpc log names, with what is needed to tell whether the
 * rpc log has written it or has reacted to it.
 *
 * @param text what the rpc log has stored in it; null if the row was written by another rpc log, or
 *     holds a blast
 * @param visibleMembers those who see the chat
 * @param hiddenMembers those from whom the chat is hidden
 * @param reactions what users of the signing wallet have stored as reactions to it; not looked up
 *     if there is a text
 */
record StoredMessage(
    String messageId,
    String chatId,
    int senderUserId,
    @Nullable String text,
    List<Integer> visibleMembers,
    List<Integer> hiddenMembers,
    List<Reaction> reactions) {

  /**
   * A stored reaction of one user.
   *
   * @param text what the rpc log has stored; null if another rpc log has stored the reaction
   */
  record Reaction(int userId, @Nullable String text) {
    /** Nothing of the text. */
    @Override
    public String toString() {
      return "Reaction";
    }
  }

  /** Whether the user is in the chat, hidden or not. */
  boolean hasMember(int userId) {
    return visibleMembers.contains(userId) || hiddenMembers.contains(userId);
  }

  /** The user's reaction; null if there is none. */
  @Nullable Reaction reactionOf(int userId) {
    for (Reaction reaction : reactions) {
      if (reaction.userId() == userId) {
        return reaction;
      }
    }
    return null;
  }

  /** Nothing of the text. */
  @Override
  public String toString() {
    return "StoredMessage";
  }
}
