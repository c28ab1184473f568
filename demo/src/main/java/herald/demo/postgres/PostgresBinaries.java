package herald.demo.postgres;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.ArchUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked from the class path into the temporary directory once per user
 * and version, and kept there for the next start. Immutable after {@link #unpack}; any thread.
 */
final class PostgresBinaries {
  private final Path directory;
  private final ServerAccount account;

  private PostgresBinaries(Path directory, ServerAccount account) {
    this.directory = directory;
    this.account = account;
  }

  /**
   * Finds the programs of an earlier start or unpacks them. Several processes may do so at once:
   * each unpacks beside the final name, and the first to rename wins.
   */
  static PostgresBinaries unpack(ServerAccount account, Consumer<String> progress)
      throws IOException {
    byte[] archive = archive();
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    UserPrincipal user = FileTrees.currentUser();
    Path unpacked =
        temporary.resolve("herald-postgresql-" + user.getName() + "-" + digest(archive));
    if (!Files.isDirectory(unpacked, LinkOption.NOFOLLOW_LINKS)) {
      progress.accept("unpacking PostgreSQL, once on this machine: about five seconds");
      Path own = Files.createTempDirectory(temporary, "herald-unpacking-");
      try {
        extract(archive, own);
        // Whichever account the server runs under has to reach its programs.
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(own, unpacked, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        FileTrees.delete(own);
        if (!Files.isDirectory(unpacked, LinkOption.NOFOLLOW_LINKS)) {
          throw e;
        }
      }
    }
    if (!FileTrees.isDirectoryOf(user, unpacked)) {
      throw new IOException(
          unpacked + " belongs to another user (expected: this one's own; delete or rename it)");
    }
    return new PostgresBinaries(unpacked, account);
  }

  /** A file of this user's own, there as long as the programs are. */
  Path lockFile() {
    return directory.resolve("leftovers.lock");
  }

  /** The account that the programs run under. */
  ServerAccount account() {
    return account;
  }

  /** The command line that runs {@code program} under the account. */
  List<String> command(String program, String... arguments) {
    List<String> command = new ArrayList<>(account.commandPrefix());
    command.add(directory.resolve("bin").resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private static byte[] archive() throws IOException {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String system = os.startsWith("mac") ? "Darwin" : "Linux";
    String machine = ArchUtils.normalize(System.getProperty("os.arch"));
    try (InputStream in = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machine)) {
      return in.readAllBytes();
    }
  }

  private static String digest(byte[] archive) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(archive);
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void extract(byte[] archive, Path target) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("the archive's entry " + entry.getName() + " leaves its directory");
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
          continue;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, path);
          boolean isProgram = path.startsWith(target.resolve("bin"));
          Files.setPosixFilePermissions(
              path, PosixFilePermissions.fromString(isProgram ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }
  }
}
