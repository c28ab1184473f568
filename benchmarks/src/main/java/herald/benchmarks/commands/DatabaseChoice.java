package herald.benchmarks.commands;

import java.io.IOException;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which database: one that is there, or one of the driver's own. */
final class DatabaseChoice {
  @Option(
      names = "--database",
      paramLabel = "URL",
      defaultValue = "${env:HERALD_DATABASE}",
      description =
          "A database with the platform's schema, postgresql://user:password@host:port/name; may"
              + " stand in HERALD_DATABASE. Users and chats are made in it, and removed at the"
              + " end.")
  private @Nullable String url;

  @Option(
      names = "--embedded",
      description = "Start a PostgreSQL of the driver's own and delete it at the end.")
  private boolean embedded;

  Setting open(Consumer<String> progress) throws IOException, SQLException {
    boolean isGiven = url != null && !url.isEmpty();
    if (embedded == isGiven) {
      throw new IllegalArgumentException(
          (embedded ? "two databases are named" : "no database is named")
              + " (expected: either --embedded or --database)");
    }
    return url != null && isGiven ? Setting.given(url) : Setting.embedded(progress);
  }
}
