package herald.benchmarks.harm;

import java.io.IOException;
import java.sql.SQLException;

/** What is done again and again. One thread, which also closes it. */
interface HarmStep extends AutoCloseable {
  /** Does it once; what it throws is counted, and the next one goes on. */
  void harm() throws IOException, SQLException;

  @Override
  void close() throws IOException, SQLException;
}
