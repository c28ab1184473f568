package herald.gateway.feed;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the feed makes of one rpc log at the moment of asking.
 *
 * @param method which it is, as metrics say it
 * @param outcome what becomes of it, as metrics say it
 * @param sentence why
 * @param relayedAtMicros the time that the row says, microseconds since the epoch, UTC; null if it
 *     was not read
 * @param receivers those who get something of it, and the members who do not
 * @param notListed how many more get something of it
 */
public record Explanation(
    String method,
    String outcome,
    String sentence,
    @Nullable Long relayedAtMicros,
    List<Receiver> receivers,
    long notListed) {

  /**
   * One user.
   *
   * @param isPushed whether the user's connections get an event
   * @param why the reason
   */
  public record Receiver(int userId, boolean isPushed, String why) {}
}
