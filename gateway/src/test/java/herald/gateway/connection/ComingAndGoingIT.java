package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import herald.gateway.config.ConnectionSettings;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.RawSocket;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Clients that come and go in every way: nothing of them stays behind. */
@BothFeeds
class ComingAndGoingIT {
  private static final int THREADS = 8;
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private static long descriptors() throws IOException {
    try (Stream<Path> all = Files.list(DESCRIPTORS)) {
      return all.count();
    }
  }

  private static void inParallel(int times, Callable<Void> action) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    AtomicInteger left = new AtomicInteger(times);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      all.add(
          threads.submit(
              () -> {
                while (left.getAndDecrement() > 0) {
                  action.call();
                }
                return null;
              }));
    }
    for (Future<?> one : all) {
      one.get();
    }
    threads.shutdown();
  }

  /** The port has no TIME_WAIT after a reset, so there are enough of them. */
  private static void reset(RawSocket client) throws IOException {
    client.socket().setSoLinger(true, 0);
    client.close();
  }

  @Test
  void finThenReset() throws Exception {
    assumeThat(DESCRIPTORS).as("the system tells the open descriptors").isDirectory();
    int times = Sizes.of(500, 10_000);
    try (BareServer server = new BareServer(BareServer.config().build())) {
      finThenReset(server.port());
      Eventually.holds("the first is gone", 20, () -> server.server.openConnections() == 0);
      long before = descriptors();
      inParallel(
          times,
          () -> {
            finThenReset(server.port());
            return null;
          });
      Eventually.holds("all are gone", 60, () -> server.server.openConnections() == 0);
      Eventually.holds("all cursors are gone", 60, () -> server.dispatcher.openCursors() == 0);
      assertThat(server.server.connectedUsers()).isEmpty();
      long after = descriptors();
      Sizes.figure(
          "FIN then RST %,d times: %d descriptors before, %d after; 0 connections",
          times, before, after);
      assertThat(after).isLessThan(before + 20);
    }
  }

  private static void finThenReset(int port) throws IOException {
    try (RawSocket client = RawSocket.connect(port)) {
      client.send(BareServer.request());
      if (ThreadLocalRandom.current().nextBoolean()) {
        assertThat(client.status()).isEqualTo(101);
      }
      client.socket().shutdownOutput();
      reset(client);
    }
  }

  @Test
  void reconnectRacesOfOneUser() throws Exception {
    int times = Sizes.of(2_000, 100_000);
    ConcurrentLinkedQueue<RawSocket> open = new ConcurrentLinkedQueue<>();
    try (BareServer server = new BareServer(BareServer.config().build())) {
      long begin = System.nanoTime();
      inParallel(
          times,
          () -> {
            RawSocket client = RawSocket.connect(server.port());
            client.send(BareServer.request());
            switch (ThreadLocalRandom.current().nextInt(4)) {
              case 0 -> reset(client);
              case 1 -> {
                client.status();
                open.add(client);
              }
              default -> {
                client.status();
                reset(client);
              }
            }
            RawSocket oldest = open.size() > 100 ? open.poll() : null;
            if (oldest != null) {
              reset(oldest);
            }
            return null;
          });
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
      int left = open.size();
      assertThat(left).isPositive();
      Eventually.holds(
          "the sockets that are left are open", 60, () -> server.server.openConnections() == left);
      Eventually.holds(
          "the registry is equal to them", 60, () -> server.dispatcher.openCursors() == left);
      assertThat(server.server.connectedUsers()).containsExactly(BareServer.USER);
      server.publish("hello");
      for (RawSocket client : open) {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("hello") < 0) {
          int b = client.socket().getInputStream().read();
          assertThat(b).isNotNegative();
          text.append((char) b);
        }
      }
      Sizes.figure(
          "%,d reconnect races of one user in %d s: %d sockets open, %d in the registry, each got"
              + " the event",
          times, seconds, left, server.dispatcher.openCursors());
      for (RawSocket client : open) {
        reset(client);
      }
      Eventually.holds("all are gone", 60, () -> server.dispatcher.openCursors() == 0);
      assertThat(server.server.connectedUsers()).isEmpty();
    }
  }

  @Test
  void theNetworkSwallowsEverything() throws Exception {
    ConnectionSettings quick =
        ConnectionSettings.builder()
            .maxConnections(1_000)
            .pingInterval(Duration.ofSeconds(1))
            .idleTimeout(Duration.ofSeconds(2))
            .build();
    int clients = Sizes.of(50, 1_000);
    List<RawSocket> mute = new ArrayList<>();
    try (BareServer server = new BareServer(BareServer.config().connections(quick).build())) {
      for (int i = 0; i < clients; i++) {
        RawSocket client = RawSocket.connect(server.port());
        client.send(BareServer.request());
        mute.add(client);
      }
      long begin = System.nanoTime();
      Eventually.holds("all are gone", 60, () -> server.ends(CloseReason.PING_TIMEOUT) == clients);
      Sizes.figure(
          "%,d clients that nothing comes from: all gone %.1f s after the last came, with an idle"
              + " timeout of 2 s",
          clients, (System.nanoTime() - begin) / 1e9);
      Eventually.holds("and counted", 20, () -> server.server.openConnections() == 0);
    } finally {
      for (RawSocket client : mute) {
        client.close();
      }
    }
  }
}
