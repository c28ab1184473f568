package herald.gateway.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The way of bytes into one client's socket. Event loop.
 *
 * <p>A socket that has room takes a small frame at once. Such a frame goes straight into the system
 * call: the pipeline and Netty's outbound buffer would have nothing to do but to be passed, and
 * their memory, a few cache lines for each of many thousand connections, takes longer than that.
 * What the socket does not take goes through them, and so does all that follows until nothing waits
 * there any more.
 *
 * <p>Order rests on this: what a connection writes, it writes through here, and what others write
 * (the answer to the handshake, before; an empty buffer whose end is awaited, after) is never
 * followed by a frame that it could be overtaken by.
 */
final class SocketWriter {
  private final LoopBuffer loopBuffer;
  private final ChannelHandlerContext ctx;

  /** Of the channel's configuration, which is far away. */
  private final ByteBufAllocator allocator;

  /** Null where frames can't go straight into it: TLS comes between, or it is not epoll's. */
  private final @Nullable Socket socket;

  /** Whether something may wait in the channel; at first the answer to the handshake. */
  private boolean mayWait = true;

  private boolean unflushed;

  SocketWriter(LoopBuffer loopBuffer, ChannelHandlerContext ctx) {
    this.loopBuffer = loopBuffer;
    this.ctx = ctx;
    allocator = ctx.alloc();
    socket =
        ctx.channel() instanceof EpollSocketChannel epoll
                && epoll.fd() instanceof Socket descriptor
                && nobodyChangesWhatIsWritten(ctx.pipeline())
            ? descriptor
            : null;
  }

  private static boolean nobodyChangesWhatIsWritten(ChannelPipeline pipeline) {
    return pipeline.toMap().values().stream().noneMatch(ChannelOutboundHandler.class::isInstance);
  }

  /** Reads what a write will read: {@link herald.gateway.events.CursorOwner#approach}. */
  int approach() {
    return socket != null ? socket.intValue() : ctx.channel().isWritable() ? 1 : 0;
  }

  /** Whether the client is to be given more now. */
  boolean isWritable() {
    return !mayWait || ctx.channel().isWritable();
  }

  /** The loop's buffer for so many bytes, empty; null if they have to have one of their own. */
  @Nullable ByteBuf lend(int bytes) {
    return waits() ? null : loopBuffer.lend(allocator, bytes);
  }

  /** A buffer of its own for so many bytes. */
  ByteBuf allocate(int bytes) {
    return allocator.directBuffer(bytes, bytes);
  }

  private boolean waits() {
    if (mayWait) {
      Channel channel = ctx.channel();
      mayWait = channel.bytesBeforeUnwritable() < channel.config().getWriteBufferHighWaterMark();
    }
    return mayWait;
  }

  /** Sends what {@link #lend} has given. */
  void sendLent(ByteBuf lent) {
    if (!sendStraight(lent)) {
      write(lent.retain());
      flush();
    }
    loopBuffer.takeBack(lent);
  }

  /** Sends at once, or with the next flush behind what waits. The buffer is given away. */
  void send(ByteBuf buffer) {
    if (!waits() && sendStraight(buffer)) {
      buffer.release();
    } else {
      write(buffer);
    }
  }

  /** Whether the socket has taken all; what it has taken is skipped. */
  private boolean sendStraight(ByteBuf bytes) {
    // The number of a socket that is closed may be another client's already. Only this loop closes
    // it, so it can't happen between the question and the call.
    if (socket == null || !socket.isOpen() || !bytes.hasMemoryAddress()) {
      return false;
    }
    try {
      bytes.skipBytes(
          socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex()));
    } catch (IOException e) {
      // The same befalls Netty with what is left, and it ends the channel.
      return false;
    }
    return !bytes.isReadable();
  }

  /** Writes with the next flush, behind what waits. The buffer is given away. */
  void write(ByteBuf buffer) {
    ctx.write(buffer, ctx.voidPromise());
    unflushed = true;
    mayWait = true;
  }

  void flush() {
    if (unflushed) {
      unflushed = false;
      ctx.flush();
    }
  }
}
