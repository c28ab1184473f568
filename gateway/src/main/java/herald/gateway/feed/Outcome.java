package herald.gateway.feed;

/** What became of an rpc log. */
enum Outcome {
  /** Pushed to whom it concerns. */
  PUSHED,
  /** Of a kind that is pushed to nobody. */
  NOT_FOR_ANYBODY,
  /** Its text is no rpc. */
  MALFORMED,
  /** A method that this version does not know. */
  UNKNOWN_METHOD,
  /** The wallet that signed it is no active user's. */
  UNKNOWN_SENDER,
  /** The chat that it names has no members. */
  UNKNOWN_CHAT,
  /** The blast that it names is not there, or is another user's. */
  UNKNOWN_BLAST,
  /** A notification that can't be read. */
  BAD_NOTIFICATION,
  /** The row that a notification named is not there. */
  MISSING_ROW
}
