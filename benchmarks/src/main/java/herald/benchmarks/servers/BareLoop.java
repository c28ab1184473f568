package herald.benchmarks.servers;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The limit that the kernel and Netty set: one event loop, no handler, one shared buffer that is
 * written to every channel. Whoever connects is taken for a WebSocket. Each line of its input is
 * sent to all as one text message.
 */
public final class BareLoop {
  private static final int LENGTH_IN_16_BITS = 126;

  /** The answer to the one key that the driver's clients send (RFC 6455, section 1.3). */
  private static final String UPGRADED =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

  private final List<Channel> channels = new ArrayList<>();
  private final BufferedReader in;
  private final PrintStream out;

  /** A loop that reads what to send from {@code in} and says its port through {@code out}. */
  public BareLoop(BufferedReader in, PrintStream out) {
    this.in = in;
    this.out = out;
  }

  /** Runs until the input ends. */
  public void run() throws IOException {
    boolean epoll = Epoll.isAvailable();
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    Channel listening =
        new ServerBootstrap()
            .group(group)
            .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 4_096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Upgrade());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
    out.println("listening " + ((InetSocketAddress) listening.localAddress()).getPort());
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ByteBuf frame = frame(line);
      group.execute(() -> broadcast(frame));
    }
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private void broadcast(ByteBuf frame) {
    for (Channel channel : channels) {
      channel.writeAndFlush(frame.retainedDuplicate(), channel.voidPromise());
    }
    frame.release();
  }

  private static ByteBuf frame(String text) {
    byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
    ByteBuf frame = Unpooled.directBuffer(4 + payload.length);
    frame.writeByte(0x81);
    if (payload.length < LENGTH_IN_16_BITS) {
      frame.writeByte(payload.length);
    } else {
      frame.writeByte(LENGTH_IN_16_BITS).writeShort(payload.length);
    }
    return frame.writeBytes(payload);
  }

  /** Answers what comes first, and leaves the pipeline empty. */
  private final class Upgrade extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ((ByteBuf) message).release();
      ctx.writeAndFlush(ByteBufUtil.writeAscii(ctx.alloc(), UPGRADED), ctx.voidPromise());
      ctx.pipeline().remove(this);
      channels.add(ctx.channel());
    }
  }
}
