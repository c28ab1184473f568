package herald.gateway.supervision;

/** Where an exception is caught so that it costs one connection, one row or one task alone. */
public enum Place {
  /** A connection's deadline, called by the timer of its event loop. */
  TIMER("a connection's timer task"),
  /** Waking a connection that has something to write. */
  WAKE("waking a connection"),
  /** A connection that takes its place among those of its event loop. */
  ENTER("a connection's entry into its event loop's list"),
  /** A connection that leaves its event loop's list. */
  LEAVE("a connection's leaving of its event loop's list"),
  /** A connection that is opened, closed or settled under the dispatch lock. */
  CHANGE("a change under the dispatch lock"),
  /** An event that is appended to the event log. */
  APPEND("appending an event"),
  /** An event's number that is put into one user's mailbox. */
  MAILBOX("a user's mailbox"),
  /** The hand-over of a batch to one event loop. */
  HAND_OVER("handing a batch to an event loop"),
  /** Letting go what is older than the horizon. */
  EXPIRY("letting old events go"),
  /** One connection of a walk over many: a drain, a revalidation, the status page. */
  WALK("one connection of a walk over all"),
  /** Reading from or writing to a client's socket. */
  PIPELINE("a connection's pipeline"),
  /** A step of a connection's state that is not legal. */
  CONNECTION_STATE("a step of a connection's state"),
  /** The steps of a drain. */
  DRAIN("a step of the drain"),
  /** What an event loop does for itself at intervals. */
  LOOP("a periodic task of an event loop"),
  /** Recovering a wallet from a signature. */
  RECOVERY("recovering a wallet"),
  /** From a recovered wallet to a user who is let in. */
  AUTHENTICATION("the authentication of a request"),
  /** Looking up users by their wallets. */
  DIRECTORY("looking up users"),
  /** Storing public keys. */
  PUBLIC_KEYS("storing public keys"),
  /** Looking at connected users again. */
  REVALIDATION("looking at connected users again"),
  /** Loading the certificate anew. */
  TLS("loading the certificate"),
  /** Asking the primary for its state. */
  PRIMARY_STATUS("asking the primary for its state"),
  /** A page of the admin address. */
  ADMIN("a page of the admin address"),
  /** The thread that fetches rpc logs. */
  FETCH("fetching rpc logs"),
  /** The thread that listens to PostgreSQL. */
  LISTENER("listening to PostgreSQL"),
  /** The threads that read the write-ahead log. */
  LOG("reading the write-ahead log"),
  /** The expansion of a blast. */
  BLAST("the expansion of a blast"),
  /** The search for rpc logs that no notification announced. */
  SWEEP("searching the table for rpc logs that no notification announced"),
  /** Looking at the tables and the trigger. */
  SCHEMA_WATCH("looking at the tables and the trigger"),
  /** Telling other instances of positions, and hearing of theirs. */
  EXCHANGE("the exchange of positions between instances"),
  /** A message of the stream between relays and instances. */
  STREAM("a message of the stream"),
  /** A replay from the database for one client. */
  REPLAY("a replay from the database"),
  /** What is done with made-up events before the instance is ready. */
  REHEARSAL("the rehearsal before ready"),
  /** A task of a pool that did not catch its exception itself. */
  TASK("a task of a pool");

  private final String words;

  Place(String words) {
    this.words = words;
  }

  /** The place as the subject of a sentence. */
  String words() {
    return words;
  }
}
