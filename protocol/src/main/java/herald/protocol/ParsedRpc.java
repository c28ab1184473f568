package herald.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What a signed rpc says, as the API server has read it. A member that is absent or of another type
 * is null.
 *
 * @param method empty if the rpc names none
 * @param currentUserId as the client wrote it, not decoded
 * @param reaction null also where a reaction is taken back
 */
public record ParsedRpc(
    String method,
    @Nullable String currentUserId,
    @Nullable String chatId,
    @Nullable String messageId,
    @Nullable String blastId,
    @Nullable String reaction) {

  /** The method alone: the rest may tell who writes to whom. */
  @Override
  public String toString() {
    return method;
  }
}
