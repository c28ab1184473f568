package herald.gateway.commands;

import herald.gateway.config.DatabaseUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The databases of a gateway: the one that notifies, and the one that is read. */
@Command(optionListHeading = "%nDatabase:%n")
final class GatewayDatabaseOptions {
  @Mixin private final DatabaseOptions database = new DatabaseOptions();

  @Option(
      names = "--read-database",
      paramLabel = "URL",
      description =
          "The database from which rpc logs, members and users are read. It may be a replica, or"
              + " several hosts with target_session_attrs=prefer-standby.%n"
              + "  Default: the same as --database")
  private @Nullable String readDatabase;

  /**
   * The primary, which notifies.
   *
   * @throws IllegalArgumentException with one sentence
   */
  DatabaseUrl listen() {
    return database.url();
  }

  /**
   * Where is read.
   *
   * @throws IllegalArgumentException with one sentence
   */
  DatabaseUrl read() {
    return readDatabase == null ? database.url() : database.parse("--read-database", readDatabase);
  }
}
