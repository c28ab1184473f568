package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.auth.AuthOutcome;
import herald.gateway.testing.RawSocket;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests in shapes that proxies and servers read differently: one answer, no second request. */
class SmugglingIT {
  private static final Pattern ANSWER = Pattern.compile("HTTP/1\\.1 (\\d+) ");

  private final AtomicInteger asked = new AtomicInteger();
  private BareServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        new BareServer(
            BareServer.config().build(),
            (request, signature) -> {
              asked.incrementAndGet();
              return CompletableFuture.completedFuture(
                  new AuthOutcome.Accepted(BareServer.WALLET_USER));
            });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String answers(String sent) throws Exception {
    try (RawSocket client = RawSocket.connect(server.port())) {
      try {
        client.send(sent);
      } catch (IOException e) {
        // Refused before it had all been sent.
      }
      String all = client.readToEnd();
      return String.join(" ", ANSWER.matcher(all).results().map(match -> match.group(1)).toList());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Transfer-Encoding and Content-Length | Transfer-Encoding: chunked~Content-Length: 4 | 400",
        "two Content-Lengths                  | Content-Length: 0~Content-Length: 44 | 400",
        "a Content-Length that is no number   | Content-Length: +0 | 400",
        "a list of Content-Lengths            | Content-Length: 0, 44 | 400",
        "chunked behind something             | Transfer-Encoding: x, chunked | 400",
        "chunked with a tab                   | Transfer-Encoding:<TAB>chunked | 400",
        "a space before the colon             | Content-Length : 44 | 400",
        "a NUL in a header                    | X: a<NUL>b | 400",
        "a bare CR in a header                | X: a<CR>Content-Length: 44 | 400",
        "101 headers                          | <MANY> | 431",
      })
  void headersThatLie(String what, String headers, String expected) throws Exception {
    String lines =
        headers
            .replace("<TAB>", "\t")
            .replace("<NUL>", "\0")
            .replace("<CR>", "\r")
            .replace("<MANY>", "a:b~".repeat(100) + "a:b")
            .replace("~", "\r\n");
    String request = BareServer.request(lines.split("\r\n", -1));
    assertThat(answers(request + BareServer.request())).as(what).isEqualTo(expected);
    assertThat(asked).as("no signature was looked at").hasValue(0);
  }

  /** RFC 9112, section 5.2, lets a server take the fold for a space: it is part of the value. */
  @Test
  void aFoldedHeader() throws Exception {
    String folded = BareServer.request("X: a", " Content-Length: 44");
    assertThat(answers(folded + BareServer.request())).isEqualTo("400");
    assertThat(asked).as("the second request is not looked at").hasValueLessThan(2);
  }

  @Test
  void chunkExtensionsAndTrailers() throws Exception {
    String chunked = BareServer.request("Transfer-Encoding: chunked");
    assertThat(answers(chunked + "0;a=\"\r\n\r\n\"\r\n\r\n" + BareServer.request()))
        .isEqualTo("400");
    assertThat(answers(chunked + "0\r\nContent-Length: 5\r\n\r\n" + BareServer.request()))
        .isEqualTo("400");
    assertThat(asked).hasValue(0);
  }

  @Test
  void whatComesBeforeTheRequest() throws Exception {
    for (String before : new String[] {"\0", " ", "\t", "\r\n", "\n", "\u00FF", "\u001B"}) {
      assertThat(answers(before + BareServer.request())).isEqualTo("400");
    }
    assertThat(answers("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).hasSize(3);
    assertThat(asked).hasValue(0);
  }

  @Test
  void aSecondRequestBehindTheFirst() throws Exception {
    assertThat(answers(BareServer.request() + BareServer.request())).isEqualTo("400");
    assertThat(answers("GET / HTTP/1.1\r\n\r\n" + BareServer.request())).isEqualTo("404");
    Eventually.holds("all are gone", 20, () -> server.server.openConnections() == 0);
  }

  /** The answer may be overtaken by the reset, since not all has been read: the counter tells. */
  @Test
  void boundsOfLineAndHeaders() throws Exception {
    assertThat(answers("GET /" + "a".repeat(5_000) + " HTTP/1.1\r\n\r\n")).isIn("414", "");
    assertThat(answers("A".repeat(1_000_000))).isIn("414", "");
    assertThat(server.rejections(RejectReason.URL_TOO_LONG)).isEqualTo(2);
    assertThat(answers(BareServer.request("X: " + "a".repeat(17_000)))).isIn("431", "");
    assertThat(server.rejections(RejectReason.HEADERS_TOO_LARGE)).isEqualTo(1);
    assertThat(asked).hasValue(0);
  }
}
