package herald.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A blast as the platform has stored it.
 *
 * @param audience as the platform names it
 * @param audienceContentId the one track or album that the audience is narrowed to; null for none
 * @param audienceContentType null where there is none
 * @param createdAtMicros microseconds since the epoch
 */
public record StoredBlast(
    String blastId,
    int senderUserId,
    String audience,
    @Nullable Integer audienceContentId,
    @Nullable String audienceContentType,
    String plaintext,
    long createdAtMicros) {

  /** Nothing of the text. */
  @Override
  public String toString() {
    return "StoredBlast";
  }
}
