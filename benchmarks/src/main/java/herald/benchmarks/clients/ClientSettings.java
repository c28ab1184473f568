package herald.benchmarks.clients;

/**
 * What one client process is to do.
 *
 * @param host where to connect to
 * @param source the local address to connect from, so that ports suffice
 * @param first number of the first user
 * @param count connections, one for each user from the first on
 * @param path path of the upgrade, in which {@code {user}} stands for the user's number; empty for
 *     one that each user signs
 * @param window handshakes under way at once
 * @param perSecond handshakes begun per second at most; 0 for as many as go
 */
public record ClientSettings(
    String host, String source, int first, int count, String path, int window, int perSecond) {

  /** The path of one of the connections, which are counted from 0, where no user signs. */
  String pathOf(int connection) {
    return path.replace("{user}", Integer.toString(first + connection));
  }
}
