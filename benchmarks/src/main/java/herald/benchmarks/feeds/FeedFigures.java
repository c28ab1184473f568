package herald.benchmarks.feeds;

/**
 * What a measurement has come to. CPU times are for one event, with what the processes do when
 * there is none.
 *
 * @param committed rows
 * @param missing events that a client or a light instance did not get
 * @param surplus events that a client or a light instance got twice
 * @param spent the commit included
 * @param instanceMicros of one whole instance
 * @param p50Millis from the planned moment of a commit to the frame
 * @param p99Millis the same
 */
record FeedFigures(
    long committed,
    long missing,
    long surplus,
    FeedCpu.Spent spent,
    double instanceMicros,
    double p50Millis,
    double p99Millis) {

  /** Whether each event has come once wherever it should. */
  boolean isComplete() {
    return missing == 0 && surplus == 0;
  }
}
