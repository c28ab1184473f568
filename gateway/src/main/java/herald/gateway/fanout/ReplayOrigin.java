package herald.gateway.fanout;

/** Where the past events come from with which a connection begins. */
public enum ReplayOrigin {
  /** The last seconds, or what the client asked for with {@code after=}, from the event log. */
  MEMORY,
  /** The position of an ended connection of the user, from the event log. */
  REMEMBERED,
  /** The table: memory does not reach back to what the client asked for. */
  DATABASE
}
