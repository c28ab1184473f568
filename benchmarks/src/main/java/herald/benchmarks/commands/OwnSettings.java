package herald.benchmarks.commands;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A database of the driver's own for each server that is compared, so that nobody else's messages
 * reach it. Ended together.
 */
final class OwnSettings implements AutoCloseable {
  private final Consumer<String> progress;
  private final List<Setting> settings = new ArrayList<>();

  OwnSettings(Consumer<String> progress) {
    this.progress = progress;
  }

  /** Starts one more. */
  Setting open() throws IOException, SQLException {
    return open(Map.of());
  }

  /**
   * The same with further settings of the server.
   *
   * @param more by their names in postgresql.conf
   */
  Setting open(Map<String, String> more) throws IOException, SQLException {
    Setting setting = Setting.embedded(more, progress);
    settings.add(setting);
    return setting;
  }

  @Override
  public void close() {
    settings.forEach(Setting::close);
  }
}
