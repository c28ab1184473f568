package herald.demo.page;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;

/**
 * Two sockets of which each is given what the other reads, one read at a time: who reads slowly is
 * sent slowly. One event loop serves both.
 */
final class Tunnel {
  /** A slow client takes one read of at most {@link FrontDoor#READ_BYTES} in this time. */
  private static final long SLOW_READ_MILLIS = 500;

  private final Channel client;
  private final Channel server;
  private final int instance;
  private volatile boolean isSlow;

  /**
   * @param instance the number of the instance behind it; 0 if it leads to the page
   */
  Tunnel(Channel client, Channel server, int instance) {
    this.client = client;
    this.server = server;
    this.instance = instance;
  }

  /** The number of the instance behind it. */
  int instance() {
    return instance;
  }

  /** Begins with what has been read from the client already. Event loop. */
  void open(ByteBuf firstBytes) {
    client.pipeline().addLast(new Relay(server));
    server.pipeline().addLast(new Relay(client));
    server.writeAndFlush(firstBytes);
    client.read();
    server.read();
  }

  /** Whether the client reads a few bytes now and then. Any thread. */
  void setSlow(boolean slow) {
    isSlow = slow;
  }

  /** Closes both ends without a word. Any thread. */
  void cut() {
    client.close();
    server.close();
  }

  private final class Relay extends ChannelInboundHandlerAdapter {
    private final Channel other;

    Relay(Channel other) {
      this.other = other;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      other
          .writeAndFlush(bytes)
          .addListener(
              written -> {
                if (!written.isSuccess()) {
                  cut();
                } else if (isSlow && other == client) {
                  context
                      .executor()
                      .schedule(context.channel()::read, SLOW_READ_MILLIS, TimeUnit.MILLISECONDS);
                } else {
                  context.channel().read();
                }
              });
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      other
          .writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER)
          .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      cut();
    }
  }
}
