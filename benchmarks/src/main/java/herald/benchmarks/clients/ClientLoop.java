package herald.benchmarks.clients;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * All clients of one process, on one event loop: opens them, some at a time, and counts what they
 * see. Everything here runs on the loop but the constructor and {@link #execute}.
 */
final class ClientLoop implements AutoCloseable {
  private static final int RECEIVE_BYTES = 4 * 1024;
  private static final long PACE_MILLIS = 2;

  private final ClientSettings settings;
  private final PrintStream out;
  private final EventLoopGroup group;
  private final Bootstrap bootstrap;
  private final List<Client> clients = new ArrayList<>();

  private int port;
  private int begun;
  private int connected;
  private int failed;
  private int open;
  private int lost;
  private long beganNanos;
  private boolean told;

  /** Whether connections that end are meant to. */
  private volatile boolean ending;

  private long measureFromNanos = Long.MAX_VALUE;
  private long events;
  private long pings;
  private Histogram latency = Tick.emptyHistogram();

  ClientLoop(ClientSettings settings, String[] paths, PrintStream out) {
    this.settings = settings;
    this.out = out;
    boolean epoll = Epoll.isAvailable();
    group =
        new MultiThreadIoEventLoopGroup(
            1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    bootstrap =
        new Bootstrap()
            .group(group)
            .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    Client client = new Client(ClientLoop.this, paths[clients.size()]);
                    clients.add(client);
                    channel.pipeline().addLast(client);
                  }
                });
    if (epoll) {
      bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
    }
    var unused = group.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
  }

  /** Runs a piece of work on the loop. Any thread. */
  void execute(Runnable work) {
    group.execute(work);
  }

  ClientSettings settings() {
    return settings;
  }

  // ---- Opening ----

  /** Connects all, to another server if they were connected before. */
  void connectAll(int toPort) {
    port = toPort;
    ending = false;
    told = false;
    begun = 0;
    connected = 0;
    failed = 0;
    open = 0;
    lost = 0;
    clients.clear();
    beganNanos = System.nanoTime();
    pace();
  }

  private void pace() {
    pump();
    if (begun < settings.count()) {
      var unused = group.schedule(this::pace, PACE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void pump() {
    long allowed = Long.MAX_VALUE;
    if (settings.perSecond() > 0) {
      allowed = 1 + (System.nanoTime() - beganNanos) * settings.perSecond() / 1_000_000_000L;
    }
    while (begun < settings.count()
        && begun < allowed
        && begun - connected - failed < settings.window()) {
      begun++;
      ChannelFuture opening =
          bootstrap.connect(
              new InetSocketAddress(settings.host(), port),
              new InetSocketAddress(settings.source(), 0));
      opening.addListener(
          done -> {
            if (!done.isSuccess()) {
              handshakeFailed(String.valueOf(done.cause()));
            }
          });
    }
  }

  void handshakeDone() {
    connected++;
    open++;
    handshakeEnded();
  }

  void handshakeFailed(String why) {
    if (failed++ == 0 && !ending) {
      out.println("problem a client could not connect: " + why);
    }
    handshakeEnded();
  }

  private void handshakeEnded() {
    pump();
    if (!told && connected + failed == settings.count()) {
      told = true;
      tick();
      out.println("connected " + (System.nanoTime() - beganNanos));
    }
  }

  /** Ends all connections and says so. */
  void disconnectAll() {
    ending = true;
    if (open == 0) {
      out.println("disconnected");
    }
    clients.forEach(Client::disconnect);
  }

  void closed(String why) {
    open--;
    if (ending) {
      if (open == 0) {
        out.println("disconnected");
      }
    } else if (lost++ == 0) {
      out.println("problem a connection was lost: " + why);
    }
  }

  int port() {
    return port;
  }

  // ---- Counting ----

  /** Events planned before this moment are not counted from now on. */
  void measureFrom(long nanos) {
    measureFromNanos = nanos;
    events = 0;
    latency = Tick.emptyHistogram();
    clients.forEach(Client::forgetEvents);
  }

  /** Notes an event; false if it is not one to be measured. */
  boolean event(ByteBuf in, int begin, int end) {
    long planned = Stamp.find(in, begin, end);
    if (planned < measureFromNanos) {
      return false;
    }
    events++;
    latency.recordValue(Math.max(0, System.nanoTime() - planned));
    return true;
  }

  /** Has no client read any more; their sockets stay open. */
  void stall() {
    clients.forEach(Client::stall);
  }

  void pinged() {
    pings++;
  }

  private void tick() {
    out.println(new Tick(open, connected, failed, lost, events, pings, latency).toLine());
    events = 0;
    pings = 0;
    latency = Tick.emptyHistogram();
  }

  /** Tells the fewest and the most measured events that any one connection has got. */
  void tellCounts() {
    tick();
    int fewest = clients.stream().mapToInt(Client::events).min().orElse(0);
    int most = clients.stream().mapToInt(Client::events).max().orElse(0);
    out.println("counts " + fewest + ' ' + most);
  }

  @Override
  public void close() {
    ending = true;
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
