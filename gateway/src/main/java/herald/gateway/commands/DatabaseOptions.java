package herald.gateway.commands;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.PasswordFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which database: the options that several commands share. */
@Command(optionListHeading = "%nDatabase:%n")
final class DatabaseOptions {
  @Option(
      names = "--database",
      paramLabel = "URL",
      description =
          "The primary: postgresql://user@host:port/name, with sslmode and sslrootcert if TLS is"
              + " wanted, sslcert and sslkey for a certificate of the client. Several hosts may be"
              + " named, host:port,host:port; the primary among them is used. Required.")
  private @Nullable String database;

  @Option(
      names = "--database-password-file",
      paramLabel = "FILE",
      description =
          "A file that holds the password, so that it is in no command line. It is read again for"
              + " each connection, so that the password may change.")
  private @Nullable Path passwordFile;

  /**
   * The database with its password.
   *
   * @throws IllegalArgumentException with one sentence, never with the password
   */
  DatabaseUrl url() {
    if (database == null || database.isEmpty()) {
      throw new IllegalArgumentException(
          "no database is named (expected: --database or HERALD_DATABASE,"
              + " for example postgresql://herald@127.0.0.1:5432/platform)");
    }
    DatabaseUrl url = parse("--database", database);
    if (!url.target().admitsPrimary()) {
      throw new IllegalArgumentException(
          "target_session_attrs of --database is '"
              + url.target()
              + "' (expected: primary, read-write or any, since only the primary notifies;"
              + " a standby may be named by --read-database)");
    }
    return url;
  }

  /**
   * The value of an option that names a database, with the password of the file if there is one.
   *
   * @throws IllegalArgumentException with one sentence that begins with the option
   */
  DatabaseUrl parse(String option, String value) {
    DatabaseUrl url;
    try {
      url = DatabaseUrl.parse(value);
      url.requireReadableFiles();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    }
    return withPassword(url);
  }

  private DatabaseUrl withPassword(DatabaseUrl url) {
    if (passwordFile == null) {
      return url;
    }
    try {
      return url.withPassword(new PasswordFile(passwordFile));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--database-password-file: " + e.getMessage(), e);
    }
  }
}
