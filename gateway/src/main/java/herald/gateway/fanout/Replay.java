package herald.gateway.fanout;

import herald.protocol.EncodedEvent;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a user missed, read from the database.
 *
 * @param events in commit order as far as it can be known
 * @param gap of which time events may be missing all the same; null if of none
 */
public record Replay(List<EncodedEvent> events, @Nullable Gap gap) {
  /**
   * The clocks of client, writers and gateway may differ by this, and an event may be committed a
   * little later than its timestamp says.
   */
  public static final long CLOCK_TOLERANCE_MICROS = TimeUnit.MINUTES.toMicros(61);
}
