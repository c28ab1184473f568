package herald.gateway.fanout;

import herald.protocol.EncodedEvent;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a user missed, read from the database.
 *
 * @param events in commit order as far as it can be known
 * @param known what is not to be sent from memory behind these
 * @param gap of which time events may be missing all the same; null if of none
 * @param room what the events have taken of the memory for replays; null if that is not counted
 */
public record Replay(
    List<EncodedEvent> events,
    KnownEvents known,
    @Nullable Gap gap,
    ReplayMemory.@Nullable Room room) {
  /**
   * The clocks of client, writers and gateway may differ by this, and an event may be committed a
   * little later than its timestamp says.
   */
  public static final long CLOCK_TOLERANCE_MICROS = TimeUnit.MINUTES.toMicros(61);

  /** One besides which nothing is known. */
  public Replay(List<EncodedEvent> events, @Nullable Gap gap) {
    this(events, KnownEvents.of(events), gap, null);
  }

  /** Its events have been sent, or nobody wants them any more. Any thread, any number of times. */
  public void release() {
    if (room != null) {
      room.close();
    }
  }
}
