package herald.benchmarks.harm;

/** What is done again and again. One thread, which also closes it. */
interface HarmStep extends AutoCloseable {
  /** Does it once; what it throws is counted, and the next one goes on. */
  void harm() throws Exception;

  @Override
  void close() throws Exception;
}
