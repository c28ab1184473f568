package herald.gateway.fanout;

import org.jspecify.annotations.Nullable;

/**
 * Where a cursor starts, and with what. Made under the dispatch lock, handed to the cursor's event
 * loop, and used up there by {@link Cursor#start}: so a cursor can't start before it has a
 * position.
 *
 * @param reader reads from there on
 * @param retiresAt what the client has to have confirmed so that one remembered position is
 *     retired; {@link ClientProgress#NOTHING_TO_RETIRE} if none is
 * @param owed what the database is asked for begins at this place, which another instance has
 *     named; null if at none
 * @param gap what the user missed for good before; null if nothing
 * @param past where the past events come from, if there are any
 */
record CursorStart(
    EventReader reader,
    long retiresAt,
    @Nullable CommitPlace owed,
    @Nullable Gap gap,
    PastEvents past) {}
