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
 * Writes bytes into one client's socket, and knows since when too many wait for the client.
 *
 * <p>A socket that has room takes a small frame at once. Such a frame is given directly to the
 * system call. The pipeline and Netty's outbound buffer would only pass it on, and reading their
 * memory, a few cache lines for each of many thousand connections, takes longer than the rest. What
 * the socket does not take goes through the pipeline, and so does everything that follows until
 * nothing waits there any more.
 *
 * <p>For direct writes this class uses {@link Socket}, which Netty marks as internal. They can be
 * switched off; then everything goes through the pipeline.
 *
 * <p>The order of bytes is kept because a connection writes everything through this object. What
 * others write is never followed by a frame that could overtake it: the response to the handshake
 * comes before this object exists, and the empty buffer whose completion {@link ClientConnection}
 * awaits comes after the last frame.
 *
 * <p>Event loop, the only thread that reads or writes a field.
 */
final class SocketWriter {
  private final LoopBuffer loopBuffer;
  private final ChannelHandlerContext ctx;

  /**
   * The channel's allocator. To ask the channel for it reads four objects, one after the other, and
   * that for each frame.
   */
  private final ByteBufAllocator allocator;

  /**
   * Where direct writes go. Null where there are none: they are switched off, the transport is not
   * epoll, or a handler such as TLS has to see what is written.
   */
  private final @Nullable Socket socket;

  /** Whether something may wait in the channel; at first that is the response to the handshake. */
  private boolean mayWait = true;

  private boolean unflushed;

  /** Whether a part of a frame has been written, and the rest will follow. */
  private boolean isInFrame;

  /** Whether more waits than the high watermark, and since when. */
  private boolean stalled;

  private long stalledSinceNanos;

  /** Whether the client takes what waits; null if it was never slow or silent. */
  private @Nullable SendProgress progress;

  /**
   * @param directWrites whether frames may be given directly to the socket
   */
  SocketWriter(LoopBuffer loopBuffer, ChannelHandlerContext ctx, boolean directWrites) {
    this.loopBuffer = loopBuffer;
    this.ctx = ctx;
    allocator = ctx.alloc();
    socket = directWrites ? directSocket(ctx) : null;
  }

  private static @Nullable Socket directSocket(ChannelHandlerContext ctx) {
    return ctx.channel() instanceof EpollSocketChannel epoll
            && epoll.fd() instanceof Socket descriptor
            && noHandlerSeesWrites(ctx.pipeline())
        ? descriptor
        : null;
  }

  private static boolean noHandlerSeesWrites(ChannelPipeline pipeline) {
    return pipeline.toMap().values().stream().noneMatch(ChannelOutboundHandler.class::isInstance);
  }

  /** Whether frames are given directly to the socket while it takes them. */
  boolean writesDirectly() {
    return socket != null;
  }

  /** Reads the memory that a write will read, and does nothing with it. */
  int prefetch() {
    return socket != null ? socket.intValue() : ctx.channel().isWritable() ? 1 : 0;
  }

  /** Whether more may be written to the client now. */
  boolean isWritable() {
    return !mayWait || ctx.channel().isWritable();
  }

  /** The loop's buffer, empty, for so many bytes; null if they need a buffer of their own. */
  @Nullable ByteBuf lend(int bytes) {
    return isWaiting() ? null : loopBuffer.lend(allocator, bytes);
  }

  /** A new buffer for so many bytes. */
  ByteBuf allocate(int bytes) {
    return allocator.directBuffer(bytes, bytes);
  }

  private boolean isWaiting() {
    if (mayWait) {
      Channel channel = ctx.channel();
      mayWait = channel.bytesBeforeUnwritable() < channel.config().getWriteBufferHighWaterMark();
    }
    return mayWait;
  }

  /** Sends the buffer that {@link #lend} has given. */
  void sendLent(ByteBuf lent) {
    if (!sendDirectly(lent)) {
      write(lent.retain());
      flush();
    }
    loopBuffer.takeBack(lent);
  }

  /** Sends a buffer at once, or behind what waits with the next flush; releases it afterwards. */
  void send(ByteBuf buffer) {
    if (!isWaiting() && sendDirectly(buffer)) {
      buffer.release();
    } else {
      write(buffer);
    }
  }

  /** Whether the socket has taken everything; the reader index moves past what it has taken. */
  private boolean sendDirectly(ByteBuf bytes) {
    // The descriptor of a closed socket may already be that of another client. Only this event loop
    // closes the socket, so it can't be closed between the question and the system call.
    if (socket == null || !socket.isOpen() || !bytes.hasMemoryAddress()) {
      return false;
    }
    try {
      bytes.skipBytes(
          socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex()));
    } catch (IOException e) {
      // Netty writes the rest next; it gets the same exception and closes the channel.
      return false;
    }
    return !bytes.isReadable();
  }

  /** Writes a buffer behind what waits, with the next flush; releases it afterwards. */
  void write(ByteBuf buffer) {
    if (progress == null) {
      ctx.write(buffer, ctx.voidPromise());
    } else {
      // What is added must not hide what is taken at the same time.
      progress.write(() -> ctx.write(buffer, ctx.voidPromise()));
    }
    unflushed = true;
    mayWait = true;
  }

  /** Notes that what follows continues a frame, or that the frame has ended. */
  void setInFrame(boolean inFrame) {
    isInFrame = inFrame;
  }

  /** Whether a part of a frame has been written, and the rest will follow. */
  boolean isInFrame() {
    return isInFrame;
  }

  void flush() {
    if (unflushed) {
      unflushed = false;
      ctx.flush();
    }
  }

  /** Writes a pong with the next flush, unless the socket is full or in the middle of a frame. */
  void writePong(ByteBuf payload) {
    // The pongs for a client that sends pings and does not read would pile up here.
    if (isWritable() && !isInFrame) {
      ByteBuf pong = allocate(2 + payload.readableBytes());
      Frames.writePong(payload, pong);
      write(pong);
    }
  }

  /** Writes a close frame; in the middle of another frame there can be none: closes the socket. */
  void writeClose(int code, String sentence) {
    if (isInFrame) {
      ctx.close();
      return;
    }
    ByteBuf frame = allocate(4 + sentence.length());
    Frames.writeClose(code, sentence, frame);
    write(frame);
    flush();
  }

  /** Notes whether more waits than the high watermark; whether that is a change. */
  boolean updateStalled(long nowNanos) {
    if (isWritable() != stalled) {
      return false;
    }
    stalled = !stalled;
    if (stalled) {
      stalledSinceNanos = nowNanos;
      if (progress == null) {
        progress = new SendProgress(ctx.channel(), nowNanos);
      } else {
        progress.restart(nowNanos);
      }
    }
    return true;
  }

  /** Looks whether the client takes what waits for it. */
  SendProgress updateProgress(long nowNanos) {
    SendProgress known = progress;
    if (known == null) {
      known = new SendProgress(ctx.channel(), nowNanos);
      progress = known;
    } else {
      known.update(nowNanos);
    }
    return known;
  }

  /** What is known of it; null if it was never looked at. */
  @Nullable SendProgress progress() {
    return progress;
  }

  /** The process stood still for so long. */
  void onStandstill(long stoodNanos) {
    stalledSinceNanos += stoodNanos;
    if (progress != null) {
      progress.onStandstill(stoodNanos);
    }
  }

  /** Whether more waits than the high watermark. */
  boolean isStalled() {
    return stalled;
  }

  /** Since when; only while {@link #isStalled}. */
  long stalledSinceNanos() {
    return stalledSinceNanos;
  }

  /** How long more has been waiting than the watermark; 0 if it is less. */
  long stalledNanos(long nowNanos) {
    return stalled ? nowNanos - stalledSinceNanos : 0;
  }

  /** The connection has ended: its socket is not waited for any more. */
  void stop() {
    stalled = false;
  }
}
