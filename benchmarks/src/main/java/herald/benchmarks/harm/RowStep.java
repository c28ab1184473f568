package herald.benchmarks.harm;

import herald.benchmarks.load.RowWriter;
import java.sql.SQLException;

/** Commits a row. */
final class RowStep implements HarmStep {
  private final RowWriter writer;
  private final Write write;

  /** Which row. */
  interface Write {
    void to(RowWriter writer) throws SQLException;
  }

  RowStep(RowWriter writer, Write write) {
    this.writer = writer;
    this.write = write;
  }

  @Override
  public void harm() throws SQLException {
    write.to(writer);
  }

  @Override
  public void close() throws SQLException {
    writer.close();
  }
}
