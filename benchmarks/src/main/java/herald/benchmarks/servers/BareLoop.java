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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The limit that the kernel and Netty set: one event loop, no handler, and each message in one
 * buffer that is written as it is. Whoever connects is taken for a WebSocket.
 */
public final class BareLoop implements AutoCloseable {
  private static final int LENGTH_IN_16_BITS = 126;
  private static final int LENGTH_IN_64_BITS = 127;
  private static final int LARGEST_HEADER = 10;

  /** The answer to the one key that the driver's clients send (RFC 6455, section 1.3). */
  private static final String UPGRADED =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

  private final boolean epoll = Epoll.isAvailable();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());

  /** Of the event loop. */
  private final List<Channel> channels = new ArrayList<>();

  /** Of the event loop: whose turn it is in {@link #sendInTurn}. */
  private int next;

  private final int port;

  /** Listens on a free port of 127.0.0.1. */
  public BareLoop() {
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
                    channel.pipeline().addLast(new Upgrade(channels));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
    port = ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** Sends one text message to all. */
  public void broadcast(String text) {
    ByteBuf frame = frame(text);
    group.execute(
        () -> {
          for (Channel channel : channels) {
            channel.writeAndFlush(frame.retainedDuplicate(), channel.voidPromise());
          }
          frame.release();
        });
  }

  /** Sends each of these text messages to one connection, whose turn it is. */
  public void sendInTurn(List<String> texts) {
    List<ByteBuf> frames = texts.stream().map(BareLoop::frame).toList();
    group.execute(
        () -> {
          for (ByteBuf frame : frames) {
            next = (next + 1) % channels.size();
            Channel channel = channels.get(next);
            channel.writeAndFlush(frame, channel.voidPromise());
          }
        });
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static ByteBuf frame(String text) {
    byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
    ByteBuf frame = Unpooled.directBuffer(LARGEST_HEADER + payload.length);
    frame.writeByte(0x81);
    if (payload.length < LENGTH_IN_16_BITS) {
      frame.writeByte(payload.length);
    } else if (payload.length < 1 << 16) {
      frame.writeByte(LENGTH_IN_16_BITS).writeShort(payload.length);
    } else {
      frame.writeByte(LENGTH_IN_64_BITS).writeLong(payload.length);
    }
    return frame.writeBytes(payload);
  }

  /** Answers what comes first, and leaves the pipeline empty. */
  private static final class Upgrade extends ChannelInboundHandlerAdapter {
    private final List<Channel> channels;

    Upgrade(List<Channel> channels) {
      this.channels = channels;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ((ByteBuf) message).release();
      ctx.writeAndFlush(ByteBufUtil.writeAscii(ctx.alloc(), UPGRADED), ctx.voidPromise());
      ctx.pipeline().remove(this);
      channels.add(ctx.channel());
    }
  }
}
