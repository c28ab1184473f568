package herald.benchmarks.harm;

import herald.benchmarks.load.RowWriter;
import java.sql.SQLException;

/** Commits a row, or writes it and takes it back. */
final class RowStep implements HarmStep {
  private final RowWriter writer;
  private final Write write;
  private final boolean rollsBack;

  /** Which row. */
  interface Write {
    void to(RowWriter writer) throws SQLException;
  }

  RowStep(RowWriter writer, Write write, boolean rollsBack) {
    this.writer = writer;
    this.write = write;
    this.rollsBack = rollsBack;
  }

  @Override
  public void harm() throws SQLException {
    write.to(writer);
    if (rollsBack) {
      writer.rollBack();
    }
  }

  @Override
  public void close() throws SQLException {
    writer.close();
  }
}
