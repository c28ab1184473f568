package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * nginx and HAProxy with the files of deploy/, but for addresses and paths, in front of a real
 * gateway: TLS, the upgrade, an instance that is down, and no signature in what they log.
 */
final class FrontsIT {
  private static final long DEADLINE_SECONDS = 30;

  private final WalletKey key = WalletKey.random(new SecureRandom());
  @TempDir private Path folder;
  private SelfSigned tls;
  private Platform platform;
  private PlatformUser alice;
  private String chat;
  private String databaseUrl;
  private int port;
  private int deadPort;
  private @Nullable Process front;

  @BeforeEach
  void prepare() throws Exception {
    tls = new SelfSigned(folder);
    SharedDatabase database = SharedDatabase.fresh();
    databaseUrl = database.url();
    Community community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0x1");
    chat = platform.createChat(alice, community.createUser("bob", key.wallet())).subjectId();
    port = Tool.freePort();
    deadPort = Tool.freePort();
  }

  @Test
  void nginx() throws Exception {
    Tool nginx = Tool.orSkip("nginx", "nginx-light");
    Path log = folder.resolve("access.log");
    Path errors = folder.resolve("error.log");
    try (TestGateway gateway = TestGateway.start(databaseUrl)) {
      String text =
          DeployFiles.text("nginx/herald.conf")
              .replace("listen 443 ssl", "listen 127.0.0.1:" + port + " ssl")
              .replace("/etc/nginx/tls/chat.pem", tls.certificate().toString())
              .replace("/etc/nginx/tls/chat.key", tls.key().toString())
              .replace("/var/log/nginx/herald.log", log.toString())
              .replace("/var/log/nginx/herald-error.log", errors.toString())
              .replace("10.0.0.11:8080", "127.0.0.1:" + deadPort)
              .replace("10.0.0.12:8080", "127.0.0.1:" + gateway.port());
      Files.writeString(folder.resolve("herald.conf"), text);
      Path main =
          Files.writeString(
              folder.resolve("nginx.conf"),
              """
              daemon off;
              pid %1$s/pid;
              error_log %1$s/main-error.log;
              events {}
              http {
                client_body_temp_path %1$s/body;
                proxy_temp_path %1$s/proxy;
                fastcgi_temp_path %1$s/fastcgi;
                uwsgi_temp_path %1$s/uwsgi;
                scgi_temp_path %1$s/scgi;
                include %1$s/herald.conf;
              }
              """
                  .formatted(folder));
      nginx.run("-t", "-q", "-c", main);
      front = nginx.start(folder.resolve("out"), "-c", main);
      hearsThroughTheFront();
      Eventually.holds(
          "the connection is in the log", DEADLINE_SECONDS, () -> said(log).contains(" 101 "));
    }
    assertThatThrownBy(this::connect).isNotNull();
    Eventually.holds(
        "the failure is in the log", DEADLINE_SECONDS, () -> said(log).contains(" 502 "));
    assertThat(said(log)).contains("\"GET /comms/chats/ws\"");
    assertNoSignature(log, errors, folder.resolve("main-error.log"), folder.resolve("out"));
  }

  @Test
  void haproxy() throws Exception {
    Tool haproxy = Tool.orSkip("haproxy", "haproxy");
    Path log = folder.resolve("out");
    try (TestGateway gateway = TestGateway.start(databaseUrl)) {
      String text =
          DeployFiles.text("haproxy/haproxy.cfg")
              .replace("bind :443", "bind 127.0.0.1:" + port)
              .replace("/etc/haproxy/chat.pem", tls.both().toString())
              // A process of tests may open fewer files.
              .replace("maxconn 100000", "maxconn 100")
              .replace("check port 9090", "check port " + gateway.gateway().adminPort())
              .replace("10.0.0.11:8080", "127.0.0.1:" + deadPort)
              .replace("10.0.0.12:8080", "127.0.0.1:" + gateway.port());
      Path configuration = Files.writeString(folder.resolve("haproxy.cfg"), text);
      assertThat(haproxy.run("-c", "-f", configuration)).doesNotContain("WARNING", "ALERT");
      front = haproxy.start(log, "-db", "-f", configuration);
      hearsThroughTheFront();
      Eventually.holds(
          "the connection is in the log", DEADLINE_SECONDS, () -> said(log).contains(" 101 "));
    }
    assertThatThrownBy(this::connect).isNotNull();
    Eventually.holds(
        "the failure is in the log", DEADLINE_SECONDS, () -> said(log).contains(" 503 "));
    assertThat(said(log)).contains("\"GET /comms/chats/ws\"");
    assertNoSignature(log);
  }

  private void hearsThroughTheFront() throws Exception {
    Client client = connectWhenUp();
    platform.message(alice, chat, "through the front");
    client.await("through the front");
    client.end();
  }

  /** The front may have just been started. */
  private Client connectWhenUp() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (true) {
      try {
        return connect();
      } catch (Exception e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        // Between two tries, until the deadline.
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  private Client connect() throws Exception {
    return new Client(
        HttpClient.newBuilder().sslContext(tls.trusting()).build(),
        URI.create(
            "wss://localhost:"
                + port
                + key.signedPath("/comms/chats/ws", System.currentTimeMillis())));
  }

  private static String said(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertNoSignature(Path... files) {
    for (Path file : files) {
      assertThat(said(file)).as(file.toString()).doesNotContain("signature", "timestamp=");
    }
  }

  @AfterEach
  void stopTheFront() throws InterruptedException {
    if (front != null) {
      front.destroy();
      if (!front.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        front.destroyForcibly();
      }
    }
  }

  /** A client that speaks TLS. */
  private static final class Client implements WebSocket.Listener {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final StringBuilder message = new StringBuilder();
    private final WebSocket socket;

    Client(HttpClient http, URI uri) throws Exception {
      socket =
          http.newWebSocketBuilder().buildAsync(uri, this).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public @Nullable CompletionStage<?> onText(
        WebSocket webSocket, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        received.add(message.toString());
        message.setLength(0);
      }
      webSocket.request(1);
      return null;
    }

    void await(String text) throws InterruptedException {
      String next = received.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      assertThat(next).isNotNull().contains(text);
    }

    void end() throws Exception {
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }
  }
}
