package herald.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What the gateway needs to know of an rpc. A member that is absent, or no string, is null.
 *
 * @param method never null
 * @param currentUserId as the client wrote it, not decoded
 */
public record ParsedRpc(
    String method,
    @Nullable String currentUserId,
    @Nullable String chatId,
    @Nullable String blastId,
    @Nullable String audience) {

  /** The method alone: the rest may tell who writes to whom. */
  @Override
  public String toString() {
    return method;
  }
}
