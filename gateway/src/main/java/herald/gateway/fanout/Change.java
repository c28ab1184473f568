package herald.gateway.fanout;

/** What is to be done for one connection under the dispatch lock. */
record Change(Kind kind, Cursor cursor) {
  /** What it is. */
  enum Kind {
    /** The connection has begun: it is to get its position. */
    OPEN,
    /** It has ended: how far its client had confirmed is to be remembered. */
    CLOSE,
    /** It has confirmed what waited for it: one remembered position is to be retired. */
    RETIRE
  }
}
