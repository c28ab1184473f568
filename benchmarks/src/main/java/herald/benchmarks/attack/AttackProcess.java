package herald.benchmarks.attack;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What runs in the attackers' process, on one event loop. It begins at once, tells every second how
 * many sockets are silent and how many bad signatures were sent and answered so far, and ends when
 * its input does.
 */
public final class AttackProcess {
  private static final int TICKS_PER_SECOND = 100;
  private static final int SOURCES = 50;
  private static final int OPENED_PER_TICK = 50;

  private final AttackSettings settings;
  private final BufferedReader in;
  private final PrintStream out;
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final BadSignature.Counts counts = new BadSignature.Counts();
  private final InetAddress server = InetAddress.getLoopbackAddress();
  private int silent;
  private int opening;
  private int source;
  private long ticks;
  private long begun;

  /** A process that ends with {@code in} and tells through {@code out}. */
  public AttackProcess(AttackSettings settings, BufferedReader in, PrintStream out) {
    this.settings = settings;
    this.in = in;
    this.out = out;
  }

  /** Attacks until the input ends. */
  public void run() throws IOException {
    var unusedTick =
        loop.scheduleAtFixedRate(this::tick, 0, 1_000 / TICKS_PER_SECOND, TimeUnit.MILLISECONDS);
    var unusedTell = loop.scheduleAtFixedRate(this::tell, 1, 1, TimeUnit.SECONDS);
    while (in.readLine() != null) {
      // There is nothing to be told.
    }
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private void tell() {
    out.println("attack " + silent + " " + begun + " " + counts.answered + " " + counts.failed);
  }

  private void tick() {
    int missing = settings.silent() - silent - opening;
    for (int i = 0; i < Math.min(missing, OPENED_PER_TICK); i++) {
      openSilent();
    }
    ticks++;
    long due = ticks * settings.badSignatures() / TICKS_PER_SECOND;
    for (; begun < due; begun++) {
      var unused = connect(() -> new BadSignature(counts));
    }
  }

  private void openSilent() {
    opening++;
    Channel channel =
        connect(
            () ->
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel added) {
                    // It has nothing to say.
                  }
                });
    channel
        .eventLoop()
        .execute(
            () -> {
              opening--;
              silent++;
              channel.closeFuture().addListener(closed -> silent--);
            });
  }

  /** Each from the next source address, so that there are ports enough; a reset frees the port. */
  private Channel connect(Supplier<ChannelHandler> handler) {
    source = (source + 1) % SOURCES;
    return new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.SO_LINGER, 0)
        .option(ChannelOption.SO_REUSEADDR, true)
        .handler(handler.get())
        .localAddress(new InetSocketAddress(sourceAddress(), 0))
        .connect(new InetSocketAddress(server, settings.port()))
        .channel();
  }

  private InetAddress sourceAddress() {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (1 + source)});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}
