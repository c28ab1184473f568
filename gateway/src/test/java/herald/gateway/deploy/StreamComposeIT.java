package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.StreamSettings;
import herald.gateway.testing.GatewayProcess;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cluster of NATS and the relays of compose.stream.yaml, with the arguments and the environment
 * that stand there, as processes of this machine: each service has an address of its own, and the
 * ports that it has there.
 */
@SuppressWarnings("NullAway.Init") // set by start
final class StreamComposeIT {
  private static final long DEADLINE_SECONDS = 120;
  private static final int SERVERS = 3;
  private static final int RELAYS = 2;

  private final List<Process> servers = new ArrayList<>();
  private final List<Process> relays = new ArrayList<>();
  private final Map<String, String> ports = new HashMap<>();
  private Object compose;
  private SharedDatabase database;

  @TempDir private Path folder;

  @BeforeEach
  void start() throws Exception {
    Tool program = Tool.orSkip("nats-server", "nats-server");
    compose = DeployFiles.yaml(DeployFiles.path("compose.stream.yaml")).get(0);
    database = SharedDatabase.fresh();
    for (int i = 1; i <= SERVERS; i++) {
      ports.put("nats-" + i + ":4222", "127.0.0.1:" + Tool.freePort());
      ports.put("nats-" + i + ":6222", "127.0.0.1:" + Tool.freePort());
    }
    for (int i = 1; i <= SERVERS; i++) {
      startServer(program, i);
    }
    for (int i = 1; i <= RELAYS; i++) {
      startRelay(i);
    }
  }

  private void startServer(Tool program, int number) throws IOException {
    String service = "nats-" + number;
    List<Object> arguments = new ArrayList<>();
    for (Object argument : (List<?>) DeployFiles.at(compose, "services", service, "command")) {
      arguments.add(
          here(argument.toString().replace("0.0.0.0:", service + ":"))
              .replace("/data", folder.resolve(service).toString()));
    }
    String clients = here(service + ":4222");
    int colon = clients.indexOf(':');
    arguments.addAll(List.of("--addr", clients.substring(0, colon)));
    arguments.addAll(List.of("--port", clients.substring(colon + 1)));
    servers.add(program.start(folder.resolve(service + ".log"), arguments.toArray()));
  }

  private void startRelay(int number) throws IOException {
    Object service = DeployFiles.at(compose, "services", "relay-" + number);
    // The service is the anchor, which YAML merges into it.
    Map<?, ?> variables = (Map<?, ?>) DeployFiles.at(service, "environment");
    Map<String, String> environment = new HashMap<>();
    variables.forEach((name, value) -> environment.put((String) name, here((String) value)));
    environment.remove("HERALD_DATABASE_PASSWORD_FILE");
    environment.put("HERALD_DATABASE", database.url());
    environment.put("HERALD_ADMIN", "127.0.0.1:0");
    String[] command = ((List<?>) DeployFiles.at(service, "command")).toArray(String[]::new);
    Process relay = GatewayProcess.herald(environment, command);
    relays.add(relay);
    Thread reader = new Thread(() -> relay.inputReader().lines().forEach(line -> {}), "relay");
    reader.setDaemon(true);
    reader.start();
  }

  /** With the addresses of this machine in the place of services and their ports. */
  private String here(String text) {
    String changed = text;
    for (Map.Entry<String, String> port : ports.entrySet()) {
      changed = changed.replace(port.getKey(), port.getValue());
    }
    return changed;
  }

  @AfterEach
  void stop() throws InterruptedException {
    for (Process process : relays) {
      process.destroyForcibly();
    }
    for (Process process : servers) {
      process.destroyForcibly();
    }
    for (Process process : servers) {
      assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aServerAndARelayMayEnd() throws Exception {
    WalletKey key = WalletKey.random(new SecureRandom());
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    PlatformUser alice = community.createUser("alice", "0xa");
    PlatformUser bob = community.createUser("bob", key.wallet());
    String chat = platform.createChat(alice, bob).subjectId();
    String url =
        here((String) DeployFiles.at(compose, "services", "gateway", "environment", "HERALD_FEED"));
    try (TestGateway gateway =
        TestGateway.startUnready(
            TestGateway.config(database.url()).toBuilder().stream(StreamSettings.of(url))
                .build())) {
      awaitReady(gateway);
      try (TestClient client = TestClient.connect(gateway.port(), key)) {
        platform.message(alice, chat, "with all");
        client.awaitMessage("with all");
        servers.get(0).destroyForcibly();
        relays.get(0).destroyForcibly();
        platform.message(alice, chat, "with one less of each");
        client.awaitMessage("with one less of each");
        awaitReady(gateway);
      }
    }
  }

  private void awaitReady(TestGateway gateway) throws InterruptedException {
    try {
      Eventually.holds("it is ready", DEADLINE_SECONDS, gateway.gateway()::isReady);
    } catch (AssertionError e) {
      StringBuilder said = new StringBuilder();
      try {
        for (int i = 1; i <= SERVERS; i++) {
          said.append(Files.readString(folder.resolve("nats-" + i + ".log")));
        }
      } catch (IOException unreadable) {
        said.append(unreadable.getMessage());
      }
      throw new AssertionError(gateway.gateway().notReadyReason() + "; NATS says: " + said, e);
    }
  }
}
