package herald.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.DrainSettings;
import herald.gateway.config.HostPort;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.TestGateway.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The admin address with pages that throw, and with one that holds its thread. */
class AdminServerTest {
  private final AtomicLong aheadNanos = new AtomicLong();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Supervisor supervisor =
      new Supervisor(
          new Meters(registry).supervision(), () -> System.nanoTime() + aheadNanos.get());
  private final SupervisedThread thread =
      supervisor.thread("herald-admin", AdminServer.LONGEST_TURN_MILLIS);
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);
  private final HttpClient client = HttpClient.newHttpClient();
  private final AdminServer server =
      new AdminServer(
          new HostPort("127.0.0.1", 0),
          new AdminPages(
              () -> {
                held.countDown();
                awaitQuietly(go);
                return "";
              },
              () -> {
                throw new OutOfMemoryError("what a client has written");
              },
              () -> {},
              new StatusReport(
                  DrainSettings.defaults(),
                  registry,
                  () -> "",
                  () -> "",
                  () -> CompletableFuture.failedFuture(new IllegalStateException()))),
          thread::turn,
          failure -> supervisor.failures().isolated(Place.ADMIN, failure));

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void close() {
    go.countDown();
    thread.mayEnd();
    server.close();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  @Test
  void aPageThatCanNotBeShownIsAnErrorAndTheNextOneIsShown() throws Exception {
    for (String path : List.of("/readyz", "/status")) {
      HttpResponse<String> answer =
          client.send(request(path), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(path).isEqualTo(500);
      assertThat(answer.body()).doesNotContain("client has written");
    }
    assertThat(supervisor.failures().count(Place.ADMIN)).isEqualTo(2);
    assertThat(client.send(request("/livez"), HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
    assertThat(supervisor.problem()).isNull();
  }

  @Test
  void anAdminThreadThatStandsStillIsSeen() throws Exception {
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(request("/metrics"), HttpResponse.BodyHandlers.ofString());
    assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
    aheadNanos.set(TimeUnit.SECONDS.toNanos(42));
    assertThat(supervisor.problem()).matches("the thread herald-admin has not moved for 4\\d s");
    go.countDown();
    assertThat(waiting.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    Eventually.holds("it moves again", 20, () -> supervisor.problem() == null);
  }
}
