package herald.protocol;

import java.nio.charset.StandardCharsets;

/**
 * The messages by which one blast shows in chats that exist already: a {@code chat.message} for
 * each chat. Only chat and message id differ between chats, and they come last, so that a blast
 * into a hundred thousand chats holds its text once. Not thread-safe.
 */
public final class BlastMessages {
  private final String blastId;
  private final int senderUserId;
  private final byte[] head;
  private final byte[] middle;

  /** What all share counts for the first alone. */
  private int sharedBytes;

  /** Encodes what all chats have in common. */
  public BlastMessages(StoredBlast blast) {
    blastId = blast.blastId();
    senderUserId = blast.senderUserId();
    head =
        ("{\"metadata\":"
                + EventEncoder.metadata(
                    HashIds.encode(blast.senderUserId()),
                    EventTimestamp.format(blast.createdAtMicros())))
            .getBytes(StandardCharsets.UTF_8);
    middle =
        ("\"},\"rpc\":{\"method\":\"chat.message\",\"params\":{\"is_plaintext\":true,\"audience\":"
                + EventEncoder.quote(blast.audience())
                + ",\"message\":"
                + EventEncoder.quote(blast.plaintext()))
            .getBytes(StandardCharsets.UTF_8);
    sharedBytes = head.length + middle.length;
  }

  /** The message for one chat. */
  public EncodedEvent forChat(String chatId) {
    String tail =
        ",\"chat_id\":"
            + EventEncoder.quote(chatId)
            + ",\"message_id\":"
            + EventEncoder.quote(blastId + chatId)
            + "}}}";
    byte[] own = tail.getBytes(StandardCharsets.UTF_8);
    int retainedBytes = sharedBytes + own.length;
    sharedBytes = 0;
    return new EncodedEvent(head, middle, own, senderUserId, retainedBytes);
  }
}
