package herald.gateway.feed;

/** What became of a replay that the database was to be asked for. */
enum ReplayOutcome {
  /** It was read, as far as its bounds reach. */
  READ,
  /** The database could not be read: a gap. */
  FAILED,
  /** Too many of the same user waited: a gap at once. */
  TOO_MANY_OF_USER,
  /** Too many waited in all: a gap at once. */
  TOO_MANY,
  /** It was not there in time: a gap. */
  TIMED_OUT,
  /** The connection ended before. */
  ABANDONED
}
