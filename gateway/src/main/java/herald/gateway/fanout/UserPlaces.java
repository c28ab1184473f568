package herald.gateway.fanout;

import java.util.List;

/**
 * Where a user's connections stand, as of one moment.
 *
 * @param cursors of the open connections; each belongs to its event loop
 * @param isRemembered whether the position of an ended connection is remembered
 * @param firstPosition of the oldest event in the log
 * @param nextPosition the one that the next event will get
 */
public record UserPlaces(
    List<Cursor> cursors, boolean isRemembered, long firstPosition, long nextPosition) {}
