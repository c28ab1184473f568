package herald.gateway.wal;

/** What the server says of the log that a slot needs, and where it says nothing. */
enum SlotStatus {
  /** The log that it needs is within {@code max_wal_size}. */
  RESERVED,
  /** More is kept for it than that. */
  EXTENDED,
  /** What it needs is to be removed at the next checkpoint, unless it is read now. */
  UNRESERVED,
  /** Log that it needed has been removed: it can't be read any more. */
  LOST,
  /** There is no such slot. */
  ABSENT,
  /** The server has not been asked, or has not answered. */
  UNKNOWN
}
