package herald.demo.postgres;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The directory of one embedded server: its data, its log and the name of the process that owns it.
 * The owner is written down so that the next start finds what a killed process left behind.
 * Immutable; any thread.
 *
 * <p>A process id alone proves nothing, since ids are used again: the owner's start time is kept
 * beside it, and a server counts as that of this directory only while its command line names it.
 */
final class DatabaseDirectory {
  static final String PREFIX = "herald-postgres-";

  /** Start times come from the boot time, which the kernel rounds anew. */
  private static final Duration START_TOLERANCE = Duration.ofSeconds(5);

  /** Older than this without the owner's name: its maker died before writing it. */
  private static final Duration NAMELESS_PATIENCE = Duration.ofMinutes(1);

  private final Path path;

  private DatabaseDirectory(Path path) {
    this.path = path;
  }

  /** Makes a directory of this process under the temporary directory. */
  static DatabaseDirectory create(ServerAccount account) throws IOException {
    DatabaseDirectory made = new DatabaseDirectory(Files.createTempDirectory(PREFIX));
    ProcessHandle self = ProcessHandle.current();
    Files.writeString(
        made.ownerFile(),
        self.pid() + " " + self.info().startInstant().orElse(Instant.EPOCH).getEpochSecond());
    Files.createDirectory(made.data());
    Files.setPosixFilePermissions(made.data(), PosixFilePermissions.fromString("rwx------"));
    account.giveTo(made.data());
    // The server's account passes through to its data and sees nothing else.
    Files.setPosixFilePermissions(made.path, PosixFilePermissions.fromString("rwx--x--x"));
    return made;
  }

  /** The directories of this user whose owners are gone. */
  static List<DatabaseDirectory> abandoned() throws IOException {
    UserPrincipal user = FileTrees.currentUser();
    List<DatabaseDirectory> abandoned = new ArrayList<>();
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try (DirectoryStream<Path> found = Files.newDirectoryStream(temporary, PREFIX + "*")) {
      for (Path path : found) {
        DatabaseDirectory directory = new DatabaseDirectory(path);
        try {
          if (FileTrees.isDirectoryOf(user, path) && directory.isAbandoned()) {
            abandoned.add(directory);
          }
        } catch (NoSuchFileException e) {
          // Its owner has just deleted it.
        }
      }
    }
    return abandoned;
  }

  /** The server's data directory. */
  Path data() {
    return path.resolve("data");
  }

  /** Where the superuser's password stands while the data directory is made. */
  Path passwordFile() {
    return path.resolve("password");
  }

  /** What the server and its programs say. */
  Path log() {
    return path.resolve("log");
  }

  /** The server that runs on this directory's data; empty when none does. */
  Optional<ProcessHandle> server() throws IOException {
    Path pidFile = data().resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(pidFile);
    if (lines.size() < 2 || !lines.get(1).equals(data().toString())) {
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(lines.get(0)))
        .filter(
            process -> process.info().commandLine().orElse("").contains("-D " + data().toString()));
  }

  /** Deletes it all. */
  void delete() throws IOException {
    FileTrees.delete(path);
  }

  private boolean isAbandoned() throws IOException {
    if (!Files.exists(ownerFile())) {
      Instant modified = Files.getLastModifiedTime(path).toInstant();
      return modified.isBefore(Instant.now().minus(NAMELESS_PATIENCE));
    }
    String[] owner = Files.readString(ownerFile()).split(" ", -1);
    if (owner.length != 2) {
      return false;
    }
    Instant started = Instant.ofEpochSecond(Long.parseLong(owner[1]));
    return ProcessHandle.of(Long.parseLong(owner[0]))
        .flatMap(process -> process.info().startInstant())
        .filter(start -> Duration.between(start, started).abs().compareTo(START_TOLERANCE) <= 0)
        .isEmpty();
  }

  private Path ownerFile() {
    return path.resolve("owner.pid");
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
