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

  /**
   * @param audience the blast's audience, as the platform names it
   * @param relayedAtMicros microseconds since the epoch
   */
  public BlastMessages(
      String blastId, String plaintext, String audience, int senderUserId, long relayedAtMicros) {
    this.blastId = blastId;
    head =
        ("{\"metadata\":"
                + EventEncoder.metadata(
                    HashIds.encode(senderUserId), EventTimestamp.format(relayedAtMicros)))
            .getBytes(StandardCharsets.UTF_8);
    middle =
        ("\"},\"rpc\":{\"method\":\"chat.message\",\"params\":{\"is_plaintext\":true,\"audience\":"
                + EventEncoder.quote(audience)
                + ",\"message\":"
                + EventEncoder.quote(plaintext))
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
