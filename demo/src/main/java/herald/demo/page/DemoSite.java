package herald.demo.page;

import com.sun.net.httpserver.HttpServer;
import herald.demo.api.CommsApi;
import herald.demo.gateways.GatewayInstances;
import herald.demo.postgres.EmbeddedDatabase;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

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
   * @param instances of the gateway
   * @throws IOException when the address can't be bound, with a sentence that names it
   */
  public DemoSite(
      InetSocketAddress bind, GatewayInstances instances, EmbeddedDatabase database, People people)
      throws IOException {
    LiveFeed live = new LiveFeed();
    Tunnels tunnels = new Tunnels();
    Routes routes = new Routes(instances);
    InstanceNote note = new InstanceNote(instances, tunnels);
    Runnable tell = () -> live.tell("instances", note.asJson());
    tunnels.onChange(tell);
    instances.onChange(tell);
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    door = new FrontDoor(bind, routes, http.getAddress().getPort(), tunnels);
    pulse = new Pulse(instances, live);
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
    http.createContext("/demo/instances", new InstanceControls(instances, routes, tunnels, note));
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
