package herald.protocol;

import java.nio.charset.StandardCharsets;

/**
 * The messages by which one blast shows in chats that exist already: a {@code chat.message} for
 * each chat. Only the event's id, the chat's and the message's differ between chats, and they stand
 * together, so that a blast into a hundred thousand chats holds its text once. Not thread-safe.
 */
public final class BlastMessages {
  private final EventId id;
  private final String blastId;
  private final int senderUserId;
  private final byte[] head;
  private final byte[] tail;

  /** What all share counts for the first alone. */
  private int sharedBytes;

  /**
   * Encodes what all chats have in common.
   *
   * @param id of the row that has brought the blast into the chats
   */
  public BlastMessages(EventId id, StoredBlast blast) {
    this.id = id;
    blastId = blast.blastId();
    senderUserId = blast.senderUserId();
    head =
        ("{\"metadata\":{"
                + EventEncoder.metadata(
                    HashIds.encode(blast.senderUserId()),
                    EventTimestamp.format(blast.createdAtMicros())))
            .getBytes(StandardCharsets.UTF_8);
    tail =
        (",\"is_plaintext\":true,\"audience\":"
                + EventEncoder.quote(blast.audience())
                + ",\"message\":"
                + EventEncoder.quote(blast.plaintext())
                + "}}}")
            .getBytes(StandardCharsets.UTF_8);
    sharedBytes = head.length + tail.length;
  }

  /** The message for one chat. */
  public EncodedEvent forChat(String chatId) {
    String messageId = blastId + chatId;
    EventId ofChat = id.part(messageId);
    String middle =
        "\",\"id\":\""
            + ofChat
            + "\"},\"rpc\":{\"method\":\"chat.message\",\"params\":{\"chat_id\":"
            + EventEncoder.quote(chatId)
            + ",\"message_id\":"
            + EventEncoder.quote(messageId);
    byte[] own = middle.getBytes(StandardCharsets.UTF_8);
    int retainedBytes = sharedBytes + own.length;
    sharedBytes = 0;
    return new EncodedEvent(ofChat, head, own, tail, senderUserId, retainedBytes);
  }
}
