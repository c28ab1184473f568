package herald.benchmarks.clients;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One client: asks for the upgrade, then counts events and answers pings. It holds a few numbers
 * and, between two reads, what has come of a frame that is not whole yet. Event loop.
 */
final class Client extends ChannelInboundHandlerAdapter {
  private static final int OPCODE_TEXT = 1;
  private static final int OPCODE_CLOSE = 8;
  private static final int OPCODE_PING = 9;
  private static final int OPCODE_PONG = 10;
  private static final int MASKED = 0x80;
  private static final int GATHERED_BYTES = 64 * 1_024;

  private final ClientLoop loop;
  private @Nullable String path;
  private boolean upgraded;
  private boolean ended;
  private int events;
  private int closeCode;
  private @Nullable ByteBuf rest;
  private @Nullable Channel channel;

  Client(ClientLoop loop, String path) {
    this.loop = loop;
    this.path = path;
  }

  int events() {
    return events;
  }

  void forgetEvents() {
    events = 0;
  }

  /** Reads no more; what comes stays in the kernel until that is full. */
  void stall() {
    if (channel != null) {
      channel.config().setAutoRead(false);
    }
  }

  /** Ends the connection without a word. */
  void disconnect() {
    if (channel != null) {
      channel.close();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    String request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: "
            + loop.settings().host()
            + ':'
            + loop.port()
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    path = null;
    ctx.writeAndFlush(ByteBufUtil.writeAscii(ctx.alloc(), request), ctx.voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (rest != null) {
      rest.writeBytes(in);
      in.release();
      in = rest;
      rest = null;
    }
    try {
      if (!upgraded) {
        readResponse(ctx, in);
      }
      while (upgraded && readFrame(ctx, in)) {
        // The next one.
      }
      if (in.isReadable() && !ended) {
        rest = rest(ctx, in);
      }
    } finally {
      in.release();
    }
  }

  /** What is not a whole frame yet. A large one is gathered in one buffer, and not copied anew. */
  private static ByteBuf rest(ChannelHandlerContext ctx, ByteBuf in) {
    boolean isGathered = in.readerIndex() == 0 && in.capacity() > GATHERED_BYTES;
    return isGathered ? in.retain() : ctx.alloc().buffer(in.readableBytes()).writeBytes(in);
  }

  private void readResponse(ChannelHandlerContext ctx, ByteBuf in) {
    String text = in.toString(StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      return;
    }
    in.skipBytes(end + 4);
    if (text.startsWith("HTTP/1.1 101")) {
      upgraded = true;
      loop.handshakeDone();
    } else {
      ended = true;
      loop.handshakeFailed(text.substring(0, text.indexOf("\r\n")));
      ctx.close();
    }
  }

  /** Reads one frame if it is there as a whole: RFC 6455, section 5.2. */
  private boolean readFrame(ChannelHandlerContext ctx, ByteBuf in) {
    int begin = in.readerIndex();
    int readable = in.readableBytes();
    if (readable < 2) {
      return false;
    }
    int length = in.getByte(begin + 1) & 0x7F;
    int header = length == 126 ? 4 : length == 127 ? 10 : 2;
    if (readable < header) {
      return false;
    }
    if (length == 126) {
      length = in.getUnsignedShort(begin + 2);
    } else if (length == 127) {
      length = Math.toIntExact(in.getLong(begin + 2));
    }
    if (readable < header + length) {
      return false;
    }
    int payload = begin + header;
    in.readerIndex(payload + length);
    int opcode = in.getByte(begin) & 0x0F;
    if (opcode == OPCODE_TEXT) {
      if (loop.event(in, payload, payload + length)) {
        events++;
      }
    } else if (opcode == OPCODE_PING) {
      loop.pinged();
      answer(ctx, OPCODE_PONG, in, payload, length);
    } else if (opcode == OPCODE_CLOSE) {
      closeCode = length < 2 ? 0 : in.getUnsignedShort(payload);
      answer(ctx, OPCODE_CLOSE, in, payload, length);
    }
    return true;
  }

  /** Sends a control frame with this payload. The mask is zero, so the bytes stay as they are. */
  private static void answer(
      ChannelHandlerContext ctx, int opcode, ByteBuf in, int payload, int length) {
    ByteBuf frame = ctx.alloc().directBuffer(6 + length, 6 + length);
    frame.writeByte(0x80 | opcode).writeByte(MASKED | length).writeInt(0);
    frame.writeBytes(in, payload, length);
    ctx.writeAndFlush(frame, ctx.voidPromise());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (rest != null) {
      rest.release();
      rest = null;
    }
    if (upgraded) {
      loop.closed(closeCode == 0 ? "no close frame" : "close code " + closeCode);
    } else if (!ended) {
      loop.handshakeFailed("the server closed the connection");
    }
    ended = true;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
