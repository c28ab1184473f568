package herald.gateway.faults;

import herald.gateway.deploy.DeployFiles;
import herald.gateway.deploy.Tool;
import herald.gateway.testing.GatewayProcess;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * HAProxy with the configuration of {@code deploy/}, but in turns and without TLS. Instances come
 * and go by its runtime API (HAProxy Management Guide, "Unix Socket commands"). One thread, but for
 * {@link #port}.
 */
final class HaProxy implements Balancer {
  private static final long WAIT_SECONDS = 60;

  /** More than ever run at once. */
  private static final int PLACES = 8;

  private final Path folder;
  private final Process process;
  private final int port;
  private final Map<GatewayProcess, String> places = new HashMap<>();

  private HaProxy(Path folder, Process process, int port) {
    this.folder = folder;
    this.process = process;
    this.port = port;
  }

  static HaProxy start(Tool haproxy) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("herald-haproxy");
    int port = Tool.freePort();
    Path configuration =
        Files.writeString(folder.resolve("haproxy.cfg"), configuration(port, folder));
    Path log = folder.resolve("log");
    HaProxy started = new HaProxy(folder, haproxy.start(log, "-db", "-f", configuration), port);
    try {
      Eventually.holds(
          "HAProxy listens",
          WAIT_SECONDS,
          () -> {
            if (!started.process.isAlive()) {
              throw new AssertionError("HAProxy has ended: " + text(log));
            }
            return started.listens();
          });
      return started;
    } catch (InterruptedException | RuntimeException | Error e) {
      try (started) {
        throw e;
      }
    }
  }

  private static String configuration(int port, Path folder) throws IOException {
    String text = DeployFiles.text("haproxy/haproxy.cfg");
    text = replaced(text, "bind :443 .*", "bind 127.0.0.1:" + port);
    text = replaced(text, "balance leastconn", "balance roundrobin");
    // A process of tests may open fewer files.
    text = replaced(text, "maxconn 100000", "maxconn 2000");
    // Otherwise its buffers hold more for a client that does not read than the faults write.
    text =
        replaced(
            text,
            "\nglobal\n",
            "\nglobal\n  stats socket "
                + folder.resolve("socket")
                + " mode 600 level admin\n  tune.sndbuf.client 4096\n  tune.rcvbuf.server 4096\n");
    StringBuilder servers = new StringBuilder();
    for (String place : allPlaces()) {
      servers.append("  server ").append(place).append(" 127.0.0.1:1 disabled\n");
    }
    return replaced(text, "  server herald-1 .*\n  server herald-2 .*\n", servers.toString());
  }

  private static String replaced(String text, String expression, String by) {
    String result = text.replaceAll(expression, by);
    if (result.equals(text)) {
      throw new AssertionError("deploy/haproxy/haproxy.cfg does not contain " + expression);
    }
    return result;
  }

  private static List<String> allPlaces() {
    return Stream.iterate(1, i -> i + 1).limit(PLACES).map(i -> "herald-" + i).toList();
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void add(GatewayProcess gateway) throws IOException {
    String place =
        allPlaces().stream().filter(each -> !places.containsValue(each)).findFirst().orElseThrow();
    command("set server herald/" + place + " addr 127.0.0.1 port " + gateway.port());
    command("set server herald/" + place + " check-port " + gateway.adminPort());
    command("set server herald/" + place + " state ready");
    places.put(gateway, place);
  }

  @Override
  public void remove(GatewayProcess gateway) throws IOException {
    String place = places.get(gateway);
    if (place != null) {
      command("set server herald/" + place + " state maint");
      places.remove(gateway);
    }
  }

  private void command(String command) throws IOException {
    try (SocketChannel socket =
        SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("socket")))) {
      ByteBuffer bytes = ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        socket.write(bytes);
      }
      String answer =
          new String(Channels.newInputStream(socket).readAllBytes(), StandardCharsets.US_ASCII);
      // It says what it has changed, or nothing; any other word is an error.
      if (!answer.isBlank() && !answer.contains("change")) {
        throw new IOException("HAProxy answers '" + command + "' with: " + answer.strip());
      }
    }
  }

  @Override
  public String description() {
    return "through HAProxy, in turns";
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
