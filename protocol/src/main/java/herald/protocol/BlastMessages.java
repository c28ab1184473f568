package herald.protocol;

import java.nio.charset.StandardCharsets;

/**
 * The messages by which one blast shows in chats that exist already: a {@code chat.message} for
 * each chat. Only chat and message id differ between chats, and they come last, so that a blast
 * into a hundred thousand chats holds its text once.
 */
public final class BlastMessages {
  private final String blastId;
  private final byte[] head;
  private final byte[] middle;

  /** Encodes what all chats have in common. */
  public BlastMessages(StoredBlast blast) {
    blastId = blast.blastId();
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
  }

  /** The message for one chat. */
  public EncodedEvent forChat(String chatId) {
    String tail =
        ",\"chat_id\":"
            + EventEncoder.quote(chatId)
            + ",\"message_id\":"
            + EventEncoder.quote(blastId + chatId)
            + "}}}";
    return new EncodedEvent(head, middle, tail.getBytes(StandardCharsets.UTF_8));
  }
}
