package herald.demo.postgres;

import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The account under which PostgreSQL's programs run: they refuse root. An ordinary user runs them
 * as is. Root enters a user namespace, where it counts as nobody yet keeps the right to its files;
 * where namespaces are forbidden, as in containers with the usual system call filter, it becomes
 * nobody for real and hands the server's files over. Immutable.
 */
final class ServerAccount {
  private static final int ROOT = 0;
  private static final int NOBODY = 65_534;

  private final List<String> commandPrefix;
  private final boolean isNobody;

  private ServerAccount(List<String> commandPrefix, boolean isNobody) {
    this.commandPrefix = commandPrefix;
    this.isNobody = isNobody;
  }

  static ServerAccount ofThisProcess() throws IOException {
    Path self = Path.of("/proc/self");
    if (!Files.exists(self) || !Files.getAttribute(self, "unix:uid").equals(ROOT)) {
      return new ServerAccount(List.of(), false);
    }
    return LinuxUtils.isUnshareAvailable() ? inUserNamespace() : nobody();
  }

  static ServerAccount inUserNamespace() {
    return new ServerAccount(List.of("unshare", "-U"), false);
  }

  static ServerAccount nobody() {
    return new ServerAccount(
        List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"), true);
  }

  /** What a command line begins with to run under this account. */
  List<String> commandPrefix() {
    return commandPrefix;
  }

  /** Makes {@code path}, which this process has just created, the account's own. */
  void giveTo(Path path) throws IOException {
    if (isNobody) {
      Files.setAttribute(path, "unix:uid", NOBODY);
      Files.setAttribute(path, "unix:gid", NOBODY);
    }
  }
}
