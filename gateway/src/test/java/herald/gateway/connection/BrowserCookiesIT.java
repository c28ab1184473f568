package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import herald.gateway.config.TlsSettings;
import herald.gateway.device.Device;
import herald.gateway.fanout.PositionChange;
import herald.gateway.testing.Browser;
import herald.gateway.testing.Firefox;
import herald.gateway.testing.TestCertificates;
import herald.gateway.testing.TestGateway.Eventually;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether browsers keep the cookie of a 101 response and bring it with the next handshake. The
 * table of docs/security.md is this test's.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set by start
class BrowserCookiesIT {
  /**
   * A page and a gateway, both over TLS or without, and whether a browser has to bring the cookie
   * again. Cookies don't look at ports, so each case has a gateway's name of its own.
   */
  private enum Case {
    SAME_HOST("host.music.example", "host.music.example", false, true),
    SAME_SITE("app.music.example", "push.music.example", false, true),
    CROSS_SITE("app.music.example", "push.other.example", false, false),
    SAME_HOST_TLS("tls-host.music.example", "tls-host.music.example", true, true),
    SAME_SITE_TLS("app.music.example", "tls-push.music.example", true, true),
    CROSS_SITE_TLS("app.music.example", "tls-push.other.example", true, true);

    private final String page;
    private final String gateway;
    private final boolean isTls;
    private final boolean keeps;

    Case(String page, String gateway, boolean isTls, boolean keeps) {
      this.page = page;
      this.gateway = gateway;
      this.isTls = isTls;
      this.keeps = keeps;
    }
  }

  /** Opens the WebSocket, closes it when it is open, and says the code of the close. */
  private static final String CONNECT =
      """
      new Promise((resolve) => {
        const socket = new WebSocket('%s')
        socket.onopen = () => socket.close(1000)
        socket.onclose = ({ code }) => resolve(String(code))
      })
      """;

  private static final int CONNECTS = 3;
  private static final long PATIENCE_SECONDS = 30;

  private Path folder;
  private String keyDigest;
  private HttpServer pages;
  private HttpsServer tlsPages;
  private BareServer gateway;
  private BareServer tlsGateway;

  /** Opens a page. */
  private interface Opener {
    void go(String url) throws InterruptedException;
  }

  /** Runs what makes a promise, and waits for its text. */
  private interface Script {
    String await(String promise) throws InterruptedException;
  }

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    X509Bundle bundle = TestCertificates.selfSigned("music.example");
    TlsSettings tls =
        new TlsSettings(
            folder.resolve("tls.crt"), folder.resolve("tls.key"), Duration.ofMinutes(1));
    TestCertificates.write(tls, bundle);
    keyDigest =
        Base64.getEncoder()
            .encodeToString(
                MessageDigest.getInstance("SHA-256")
                    .digest(bundle.getCertificate().getPublicKey().getEncoded()));
    gateway = new BareServer(BareServer.config().build());
    tlsGateway = new BareServer(BareServer.config().tls(tls).build());
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    pages = HttpServer.create(anyPort, 0);
    tlsPages = HttpsServer.create(anyPort, 0);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(bundle.toKeyManagerFactory().getKeyManagers(), null, null);
    tlsPages.setHttpsConfigurator(new HttpsConfigurator(context));
    serve(pages);
    serve(tlsPages);
  }

  private static void serve(HttpServer server) {
    byte[] page = "<!doctype html><title>A page</title>".getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    server.start();
  }

  @AfterAll
  void stop() {
    pages.stop(0);
    tlsPages.stop(0);
    gateway.close();
    tlsGateway.close();
  }

  @Test
  void chromium() throws InterruptedException {
    try (Browser browser =
        Browser.open(
            "--host-resolver-rules=MAP *.example 127.0.0.1",
            "--ignore-certificate-errors-spki-list=" + keyDigest,
            // All names lead to this machine, for which Chromium asks the user of a page over TLS.
            "--disable-features=HttpsUpgrades,LocalNetworkAccessChecks,"
                + "LocalNetworkAccessChecksWebSockets")) {
      tryAll(
          browser.version(),
          browser::go,
          promise ->
              String.valueOf(
                  browser.runAsync("const done = arguments[0]; " + promise + ".then(done)")));
    }
  }

  @Test
  void firefox() throws IOException, InterruptedException {
    List<String> names = new ArrayList<>();
    for (Case each : Case.values()) {
      names.add(each.page);
      names.add(each.gateway);
    }
    Map<String, String> preferences =
        Map.of(
            "network.dns.localDomains", "\"" + String.join(",", names) + "\"",
            "network.proxy.type", "0",
            "dom.security.https_first", "false",
            "datareporting.policy.dataSubmissionEnabled", "false",
            "app.update.auto", "false",
            "network.captive-portal-service.enabled", "false",
            "network.connectivity-service.enabled", "false");
    try (Firefox browser =
        Firefox.open(Files.createDirectory(folder.resolve("profile")), preferences)) {
      tryAll(browser.version(), browser::go, browser::await);
    }
  }

  private void tryAll(String browser, Opener opener, Script script) throws InterruptedException {
    for (Case each : Case.values()) {
      BareServer server = each.isTls ? tlsGateway : gateway;
      HttpServer site = each.isTls ? tlsPages : pages;
      drain(server);
      opener.go(
          "%s://%s:%d/"
              .formatted(each.isTls ? "https" : "http", each.page, site.getAddress().getPort()));
      for (int i = 0; i < CONNECTS; i++) {
        String url =
            "%s://%s:%d%s"
                .formatted(
                    each.isTls ? "wss" : "ws", each.gateway, server.port(), BareServer.path());
        assertThat(script.await(CONNECT.formatted(url)))
            .as("%s, %s", browser, each)
            .isEqualTo("1000");
      }
      List<Device> devices = devices(server);
      assertThat(devices.get(0).hasReturnedCookie()).isFalse();
      for (Device device : devices.subList(1, CONNECTS)) {
        assertThat(device.hasReturnedCookie()).as("%s, %s", browser, each).isEqualTo(each.keeps);
        assertThat(device.cookieKey() == devices.get(0).cookieKey()).isEqualTo(each.keeps);
        // Without a cookie a device is known by its headers.
        assertThat(device.mayFollow(devices.get(0))).as("%s, %s", browser, each).isTrue();
      }
    }
  }

  private static void drain(BareServer server) {
    while (server.journal.poll() != null) {
      // Of the case before.
    }
  }

  /** The devices of the connections that were opened, in their order. */
  private static List<Device> devices(BareServer server) throws InterruptedException {
    List<Device> devices = new ArrayList<>();
    Eventually.holds(
        "all connections are known",
        PATIENCE_SECONDS,
        () -> {
          for (PositionChange change = server.journal.poll();
              change != null;
              change = server.journal.poll()) {
            if (change instanceof PositionChange.Opened opened) {
              devices.add(opened.open().device());
            }
          }
          return devices.size() == CONNECTS;
        });
    return devices;
  }
}
