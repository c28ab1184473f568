package herald.demo.page;

import com.sun.net.httpserver.HttpServer;
import herald.demo.api.CommsApi;
import herald.demo.postgres.EmbeddedDatabase;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The demo's page, the platform's API and the websocket on one port. */
public final class DemoSite implements AutoCloseable {
  /** Each open page keeps one thread; one request too many waits for its turn to be refused. */
  private static final int MAX_THREADS = 256;

  private final HttpServer http;
  private final ThreadPoolExecutor threads;
  private final Pulse pulse;
  private final FrontDoor door;

  /**
   * Starts to serve.
   *
   * @param bind where browsers and clients connect
   * @param gatewayPort the gateway's port on the loopback address
   * @param metrics the gateway's metrics as Prometheus reads them
   * @throws IOException when the address can't be bound, with a sentence that names it
   */
  public DemoSite(
      InetSocketAddress bind,
      int gatewayPort,
      Supplier<String> metrics,
      EmbeddedDatabase database,
      People people)
      throws IOException {
    LiveFeed live = new LiveFeed();
    Tunnels tunnels = new Tunnels();
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    door = new FrontDoor(bind, gatewayPort, http.getAddress().getPort(), tunnels);
    pulse = new Pulse(metrics, live);
    threads =
        new ThreadPoolExecutor(
            0,
            MAX_THREADS,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new DefaultThreadFactory("demo-site", true));
    http.setExecutor(threads);
    http.createContext("/", new PageFiles());
    http.createContext(
        "/comms/",
        new CommsApi(
            database.dataSource(), applied -> live.tell("commit", CommitNote.of(applied))));
    http.createContext(
        "/demo/",
        new Controls(
            people,
            tunnels,
            new Faults(database, live),
            new Ledger(database.dataSource()),
            live,
            pulse));
    http.start();
  }

  /** The port that browsers and clients connect to. */
  public int port() {
    return door.port();
  }

  @Override
  public void close() {
    door.close();
    pulse.close();
    http.stop(0);
    threads.shutdownNow();
  }
}
