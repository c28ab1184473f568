package herald.gateway.events;

import herald.protocol.EncodedEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user missed, read from the database.
 *
 * @param events in commit order as far as it can be known
 * @param gap of which time events may be missing all the same; null if of none
 */
public record Replay(List<EncodedEvent> events, @Nullable Gap gap) {}
