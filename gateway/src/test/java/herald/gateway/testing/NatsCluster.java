package herald.gateway.testing;

import herald.gateway.config.StreamSettings;
import herald.gateway.deploy.Tool;
import herald.gateway.testing.TestGateway.Eventually;
import io.nats.client.api.ClusterInfo;
import io.nats.client.api.Replica;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Three servers of NATS that keep the stream together. Tests are skipped where there is none. */
public final class NatsCluster implements AutoCloseable {
  private static final int SERVERS = 3;
  private static final long DEADLINE_SECONDS = 60;

  private final Map<String, NatsServer> servers = new LinkedHashMap<>();

  private NatsCluster() {}

  /** Starts them. */
  public static NatsCluster start() throws IOException, InterruptedException {
    List<Integer> ports = new ArrayList<>();
    while (ports.size() < SERVERS) {
      int port = Tool.freePort();
      if (!ports.contains(port)) {
        ports.add(port);
      }
    }
    String routes =
        ports.stream().map(port -> "nats://127.0.0.1:" + port).collect(Collectors.joining(","));
    NatsCluster cluster = new NatsCluster();
    try {
      for (int port : ports) {
        String name = "nats-" + (cluster.servers.size() + 1);
        cluster.servers.put(
            name,
            NatsServer.start(
                "--name",
                name,
                "--cluster_name",
                "test",
                "--cluster",
                "nats://127.0.0.1:" + port,
                "--routes",
                routes));
      }
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      try (cluster) {
        throw e;
      }
    }
  }

  /** How instances and relays are told of all of them. */
  public String url() {
    return servers.values().stream()
        .map(server -> "127.0.0.1:" + server.port())
        .collect(Collectors.joining(",", "nats://", ""));
  }

  /** Waits until the stream has a leader and all others have what it has; the leader. */
  public NatsServer awaitLeader() throws InterruptedException {
    Eventually.holds(
        "the stream has a leader, and the others are current",
        DEADLINE_SECONDS,
        () -> leaderOfCurrent() != null);
    return Objects.requireNonNull(servers.get(Objects.requireNonNull(leaderOfCurrent())));
  }

  private @Nullable String leaderOfCurrent() {
    for (NatsServer server : servers.values()) {
      ClusterInfo info = info(server);
      if (info != null
          && info.getLeader() != null
          && info.getReplicas().size() == SERVERS - 1
          && info.getReplicas().stream().allMatch(Replica::isCurrent)) {
        return info.getLeader();
      }
    }
    return null;
  }

  private static @Nullable ClusterInfo info(NatsServer server) {
    try {
      StreamInfo stream =
          server.ask(
              connection ->
                  connection.jetStreamManagement().getStreamInfo(StreamSettings.DEFAULT_NAME));
      return stream.getClusterInfo();
    } catch (IOException e) {
      // It is down, or there is no leader to answer.
      return null;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    for (NatsServer server : servers.values()) {
      server.close();
    }
  }
}
