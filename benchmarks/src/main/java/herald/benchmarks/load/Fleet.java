package herald.benchmarks.load;

import herald.benchmarks.clients.ClientSettings;
import herald.benchmarks.clients.Tick;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.HdrHistogram.Histogram;

/**
 * All clients of a run, spread over processes: one process may have 20,000 descriptors on many
 * machines, and one local address 28,000 ports. Any thread.
 */
public final class Fleet implements AutoCloseable {
  private static final int MOST_PER_PROCESS = 19_000;
  private static final int FIRST_SOURCE = 11;

  private final List<FleetMember> members = new ArrayList<>();
  private final List<Integer> ports;

  /** Guarded by this. */
  private long events;

  /** Guarded by this. */
  private long pings;

  /** Guarded by this. */
  private Histogram latency = Tick.emptyHistogram();

  private Fleet(List<Integer> ports) {
    this.ports = ports;
  }

  /**
   * What to connect, and where to.
   *
   * @param host where the servers are
   * @param ports of the servers; each gets the same number of processes of clients
   * @param first number of the first user to connect
   * @param connections one for each user, from the first on
   * @param path path of the upgrade; empty for one that each user signs
   * @param window handshakes under way at once, in each process
   * @param perSecond handshakes begun per second in all; 0 for as many as go
   */
  public record Settings(
      String host,
      List<Integer> ports,
      int first,
      int connections,
      String path,
      int window,
      int perSecond) {
    /**
     * Clients of one server on this machine, each signing for itself, as fast as it lets them in.
     *
     * @param window handshakes under way at once, in each process
     */
    public static Settings local(int port, int first, int connections, int window) {
      return new Settings("127.0.0.1", List.of(port), first, connections, "", window, 0);
    }

    /**
     * The same with clients that do not sign.
     *
     * @param path path of the upgrade, in which {@code {user}} stands for the user's number; empty
     *     for one that each user signs
     */
    public Settings withPath(String path) {
      return new Settings(host, ports, first, connections, path, window, perSecond);
    }

    int processes() {
      int needed = (connections + MOST_PER_PROCESS - 1) / MOST_PER_PROCESS;
      int perServer = (needed + ports.size() - 1) / ports.size();
      return Math.min(connections, perServer * ports.size());
    }
  }

  /**
   * What connecting took.
   *
   * @param nanos from the first attempt to the last answer
   */
  public record Connected(int connections, int failed, long nanos) {
    /** Handshakes per second. */
    public double perSecond() {
      return connections * 1e9 / nanos;
    }
  }

  /**
   * What the clients have seen in a stretch of time.
   *
   * @param events measured events that arrived
   */
  public record Seen(long events, long pings, Histogram latency) {}

  /**
   * Starts the processes and waits until all have signed their requests.
   *
   * @param seed from which the users' keys follow; empty if the path needs no signature
   * @param problems told in a line each what goes wrong
   */
  public static Fleet start(Settings settings, String seed, Consumer<String> problems)
      throws IOException, InterruptedException {
    Fleet fleet = new Fleet(settings.ports());
    int processes = settings.processes();
    int first = settings.first();
    int end = first + settings.connections();
    for (int i = 0; i < processes; i++) {
      int count = (end - first) / (processes - i);
      ClientSettings share =
          new ClientSettings(
              settings.host(),
              source(settings.host(), i),
              first,
              count,
              settings.path(),
              settings.window(),
              (settings.perSecond() + processes - 1) / processes);
      fleet.members.add(FleetMember.start(share, seed, fleet::note, problems));
      first += count;
    }
    for (FleetMember member : fleet.members) {
      await(member.ready());
    }
    return fleet;
  }

  private static String source(String host, int process) {
    return host.startsWith("127.") ? "127.0.0." + (FIRST_SOURCE + process) : "0.0.0.0";
  }

  private synchronized void note(Tick tick) {
    events += tick.events();
    pings += tick.pings();
    latency.add(tick.latency());
  }

  /** Connects all clients and waits until each is connected or has failed. */
  public Connected connect() throws IOException, InterruptedException {
    return connect(ports);
  }

  /**
   * The same to another server, when all have disconnected from the one before.
   *
   * @param port of a server on the same host
   */
  public Connected connectTo(int port) throws IOException, InterruptedException {
    return connect(List.of(port));
  }

  private Connected connect(List<Integer> toPorts) throws IOException, InterruptedException {
    long beginNanos = System.nanoTime();
    List<CompletableFuture<Long>> connecting = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      connecting.add(members.get(i).connect(toPorts.get(i % toPorts.size())));
    }
    for (var connected : connecting) {
      await(connected);
    }
    long nanos = System.nanoTime() - beginNanos;
    return new Connected(sum(Tick::connected), sum(Tick::failed), nanos);
  }

  /**
   * The same, for a measurement that needs all of them.
   *
   * @param server what they connect to
   * @param progress is told how many have connected
   * @throws IOException if some could not connect
   */
  public void connectAll(String server, Consumer<String> progress)
      throws IOException, InterruptedException {
    Connected connected = connect();
    progress.accept(server + ": " + connected.connections() + " connected");
    if (connected.failed() > 0) {
      throw new IOException(
          "%d of %d clients could not connect to %s"
              .formatted(connected.failed(), connected.connections() + connected.failed(), server));
    }
  }

  /** Ends all connections and waits until they have ended. */
  public void disconnect() throws IOException, InterruptedException {
    List<CompletableFuture<Void>> disconnecting = new ArrayList<>();
    members.forEach(member -> disconnecting.add(member.disconnect()));
    for (var disconnected : disconnecting) {
      await(disconnected);
    }
  }

  /** Has events counted that are planned for this moment or later, on System.nanoTime's clock. */
  public void measureFrom(long nanos) {
    members.forEach(member -> member.measureFrom(nanos));
  }

  /** Has all clients read no more; their sockets stay open. */
  public void stall() {
    members.forEach(FleetMember::stall);
  }

  /** What was seen since this was last asked; a second may pass before it shows here. */
  public synchronized Seen take() {
    Seen seen = new Seen(events, pings, latency);
    events = 0;
    pings = 0;
    latency = Tick.emptyHistogram();
    return seen;
  }

  /** The fewest and the most measured events that any one connection has got. */
  public int[] eventsPerConnection() throws IOException, InterruptedException {
    int[] all = {Integer.MAX_VALUE, 0};
    for (FleetMember member : members) {
      int[] counts = await(member.askCounts());
      all[0] = Math.min(all[0], counts[0]);
      all[1] = Math.max(all[1], counts[1]);
    }
    return all;
  }

  /** Connections that are open. */
  public int open() {
    return sum(Tick::open);
  }

  /** Connections that have ended though no client had ended them. */
  public int lost() {
    return sum(Tick::lost);
  }

  private int sum(ToIntFunction<Tick> figure) {
    return members.stream().mapToInt(member -> figure.applyAsInt(member.latest())).sum();
  }

  private static <T> T await(CompletableFuture<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    members.forEach(FleetMember::close);
  }
}
