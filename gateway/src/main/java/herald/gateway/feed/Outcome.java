package herald.gateway.feed;

/** What became of an rpc log. */
enum Outcome {
  /** Pushed to whom it concerns. */
  PUSHED,
  /** Of a kind that is pushed to nobody. */
  NOT_FOR_ANYBODY,
  /** Its text is no rpc. */
  MALFORMED,
  /**
   * What it says is not what is stored: it changed nothing, as a reaction that is older than the
   * stored one, or what it stored has been replaced by a later one, which has its own event.
   */
  NOT_STORED,
  /** A method that this version does not know. */
  UNKNOWN_METHOD,
  /** The wallet that signed it is no active user's. */
  UNKNOWN_SENDER,
  /** It names no chat. */
  UNKNOWN_CHAT,
  /** The blast that it names is not there, or was stored by another rpc log. */
  UNKNOWN_BLAST,
  /** Too many blasts are to be pushed before it: a gap is pushed in its place. */
  TOO_MANY_WAITING,
  /** A notification that can't be read. */
  BAD_NOTIFICATION,
  /** Its event has more bytes than an event may have: a gap is pushed in its place. */
  TOO_LARGE,
  /** The row that a notification named is not there, not even on the primary. */
  MISSING_ROW,
  /** It can't be read or expanded though others can: nobody gets it. */
  UNREADABLE
}
