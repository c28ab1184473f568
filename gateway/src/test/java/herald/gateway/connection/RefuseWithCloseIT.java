package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import herald.gateway.admission.WalletUser;
import herald.gateway.auth.AuthOutcome;
import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.config.LimitSettings;
import herald.gateway.testing.Browser;
import herald.gateway.testing.Firefox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients see of a refusal, with and without {@code --refuse-with-close}. */
@SuppressWarnings("NullAway.Init") // set by start
class RefuseWithCloseIT {
  private static final long DEADLINE_SECONDS = 30;

  /** Opens the WebSocket, and says how it was closed. */
  private static final String CONNECT =
      """
      new Promise((resolve) => {
        const socket = new WebSocket('%s')
        socket.onclose = ({ code, reason }) => resolve(code + ' ' + reason)
      })
      """;

  private HttpServer page;

  @BeforeEach
  void start() throws IOException {
    page = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] text = "<!doctype html><title>A page</title>".getBytes(StandardCharsets.UTF_8);
    page.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, text.length);
          exchange.getResponseBody().write(text);
          exchange.close();
        });
    page.start();
  }

  @AfterEach
  void stop() {
    page.stop(0);
  }

  /** A server that knows nobody, and has room for so many sockets of one address. */
  private static BareServer server(boolean withClose, int connectionsPerAddress)
      throws IOException {
    GatewayConfig config =
        BareServer.config()
            .handshakes(HandshakeSettings.builder().refuseWithClose(withClose).build())
            .admission(
                AdmissionSettings.of(
                    LimitSettings.unlimitedBuilder()
                        .connectionsPerAddress(connectionsPerAddress)
                        .refusalHold(LimitSettings.defaults().refusalHold())
                        .build()))
            .build();
    return new BareServer(
        config,
        (request, signature) ->
            CompletableFuture.completedFuture(
                "1".equals(request.parameter("known"))
                    ? new AuthOutcome.Accepted(WalletUser.of(1, "0x" + "a".repeat(40)))
                    : new AuthOutcome.Refused(AuthOutcome.Reason.UNKNOWN_WALLET)));
  }

  private static String url(BareServer server) {
    return "ws://127.0.0.1:" + server.port() + BareServer.path();
  }

  /** Code and reason of the close, or how opening failed. */
  private static String closed(String url) throws Exception {
    CompletableFuture<String> closed = new CompletableFuture<>();
    HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .buildAsync(
            URI.create(url),
            new WebSocket.Listener() {
              @Override
              public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                closed.complete(code + " " + reason);
                return CompletableFuture.completedFuture(null);
              }

              @Override
              public void onError(WebSocket socket, Throwable error) {
                closed.completeExceptionally(error);
              }
            })
        .get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    return closed.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void aClientGetsCodeAndReason() throws Exception {
    try (BareServer server = server(true, Integer.MAX_VALUE)) {
      assertThat(closed(url(server))).isEqualTo("4403 the signer is not a user");
      assertThat(closed("ws://127.0.0.1:" + server.port() + "/other"))
          .isEqualTo("4404 no such path");
      assertThat(server.rejections(RejectReason.UNKNOWN_WALLET)).isEqualTo(1);
      assertThat(server.rejections(RejectReason.NOT_FOUND)).isEqualTo(1);
    }
  }

  @Test
  void aClientOverTheLimitOfItsAddressDoesToo() throws Exception {
    try (BareServer server = server(true, 1)) {
      WebSocket first =
          HttpClient.newHttpClient()
              .newWebSocketBuilder()
              .buildAsync(URI.create(url(server) + "&known=1"), new WebSocket.Listener() {})
              .get(DEADLINE_SECONDS, TimeUnit.SECONDS);
      assertThat(closed(url(server))).isEqualTo("4429 too many connections from one address");
      first.abort();
    }
  }

  @Test
  void withoutTheOptionAClientGetsTheStatus() throws Exception {
    try (BareServer server = server(false, Integer.MAX_VALUE)) {
      assertThatThrownBy(() -> closed(url(server)))
          .cause()
          .isInstanceOfSatisfying(
              WebSocketHandshakeException.class,
              failure -> assertThat(failure.getResponse().statusCode()).isEqualTo(400));
    }
  }

  private interface Script {
    String await(String promise) throws InterruptedException;
  }

  /** The page sees nothing of a status, and all of a close frame. */
  private void assertSeen(Script script) throws Exception {
    try (BareServer hidden = server(false, Integer.MAX_VALUE);
        BareServer shown = server(true, Integer.MAX_VALUE)) {
      assertThat(script.await(CONNECT.formatted(url(hidden)))).isEqualTo("1006 ");
      assertThat(script.await(CONNECT.formatted(url(shown))))
          .isEqualTo("4403 the signer is not a user");
    }
  }

  @Test
  void aPageInChromiumSeesIt() throws Exception {
    try (Browser browser = Browser.open()) {
      browser.go("http://127.0.0.1:" + page.getAddress().getPort() + "/");
      assertSeen(
          promise ->
              String.valueOf(
                  browser.runAsync("const done = arguments[0]; " + promise + ".then(done)")));
    }
  }

  @Test
  void aPageInFirefoxSeesIt(@TempDir Path profile) throws Exception {
    try (Firefox browser = Firefox.open(profile, Map.of())) {
      browser.go("http://127.0.0.1:" + page.getAddress().getPort() + "/");
      assertSeen(browser::await);
    }
  }
}
