package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.client.WebSocketClient;
import herald.gateway.config.ConnectionSettings;
import herald.protocol.WalletKey;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who breaks a rule gets a close frame and then the end of the stream, at once and whole, though it
 * goes on sending and closes nothing; on real sockets.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set by start
class BrokenRulesIT {
  /** Longer than a test waits: it must not be this deadline that ends the stream. */
  private static final int CLOSE_TIMEOUT_MILLIS = 120_000;

  private static final int READ_TIMEOUT_MILLIS = 30_000;
  private static final String NO_MASK = "00000000";

  private EchoServer server;

  @BeforeAll
  void start() throws Exception {
    server =
        new EchoServer(
            ConnectionSettings.builder()
                .maxConnections(100)
                .pingInterval(Duration.ofMinutes(10))
                .idleTimeout(Duration.ofMinutes(20))
                .acknowledgeInterval(Duration.ofMinutes(10))
                .writeDeadline(Duration.ofMinutes(1))
                .closeTimeout(Duration.ofMillis(CLOSE_TIMEOUT_MILLIS))
                .build());
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private Socket connect() throws Exception {
    String path =
        WalletKey.random(new SecureRandom())
            .signedPath(UpgradeRequest.PATH, System.currentTimeMillis());
    Socket socket = WebSocketClient.connect(server.port(), path).socket();
    socket.setSoTimeout(READ_TIMEOUT_MILLIS);
    return socket;
  }

  @ParameterizedTest
  @CsvSource({
    "810161, 1002, not masked",
    "C181" + NO_MASK + "61, 1002, a reserved bit",
    "8381" + NO_MASK + "61, 1002, an unknown opcode",
    "0981" + NO_MASK + "61, 1002, a ping in fragments",
    "8181" + NO_MASK + "FF, 1007, no UTF-8",
    "82FF0000000000100001" + NO_MASK + ", 1009, over 1 MiB",
  })
  void theStreamEndsBehindTheCloseFrame(String frame, int code, String what) throws Exception {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(HexFormat.of().parseHex(frame));
      socket.getOutputStream().write(new byte[10_000]);
      byte[] all = socket.getInputStream().readAllBytes();
      assertThat(all.length).as(what).isGreaterThan(4);
      assertThat(all[0] & 0xFF).as(what).isEqualTo(0x88);
      assertThat((all[2] & 0xFF) << 8 | (all[3] & 0xFF)).as(what).isEqualTo(code);
      assertThat(all).as("one frame, whole").hasSize(2 + all[1]);
    }
  }

  @Test
  void theClientsOwnCloseIsAnsweredAndTheStreamEnds() throws Exception {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(HexFormat.of().parseHex("8882" + NO_MASK + "03E8"));
      assertThat(socket.getInputStream().readAllBytes())
          .isEqualTo(HexFormat.of().parseHex("880203E8"));
    }
  }
}
