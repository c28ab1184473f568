package herald.gateway.commands;

import herald.gateway.config.DatabaseUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which database: the options that several commands share. */
final class DatabaseOptions {
  @Option(
      names = "--database",
      paramLabel = "URL",
      description =
          "The primary: postgresql://user@host:port/name, with sslmode and sslrootcert"
              + " where TLS is wanted. Required.")
  private @Nullable String database;

  @Option(
      names = "--database-password-file",
      paramLabel = "FILE",
      description = "A file that holds the password, so that it is in no command line.")
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
    return withPassword(DatabaseUrl.parse(database));
  }

  DatabaseUrl withPassword(DatabaseUrl url) {
    if (passwordFile == null) {
      return url;
    }
    try {
      return url.withPassword(Files.readString(passwordFile).strip());
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the password file " + passwordFile + " can't be read (expected: a readable file)", e);
    }
  }
}
