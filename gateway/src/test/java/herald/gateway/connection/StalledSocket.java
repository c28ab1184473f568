package herald.gateway.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/** Stands for a socket whose peer does not read: what is flushed stays in the channel's buffer. */
final class StalledSocket extends ChannelOutboundHandlerAdapter {
  private boolean released;
  private ChannelHandlerContext ctx;

  @SuppressWarnings("NullAway.Init") // set by handlerAdded
  StalledSocket() {}

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
  }

  @Override
  public void flush(ChannelHandlerContext context) {
    if (released) {
      context.flush();
    }
  }

  /** Lets the peer read again. */
  void release() {
    released = true;
    ctx.flush();
  }

  /** Takes so many bytes of what waits, as a slow peer does. */
  void take(int bytes) {
    ChannelOutboundBuffer waiting = ctx.channel().unsafe().outboundBuffer();
    waiting.addFlush();
    waiting.removeBytes(Math.min(bytes, readableBytes(waiting)));
  }

  private static int readableBytes(ChannelOutboundBuffer waiting) {
    return waiting.current() instanceof ByteBuf first ? first.readableBytes() : 0;
  }

  /** What waits in the channel. */
  long heldBytes() {
    return ctx.channel().unsafe().outboundBuffer().totalPendingWriteBytes();
  }
}
