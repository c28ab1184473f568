package herald.gateway.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;

/**
 * Sends every message back, in front of a {@link ClientConnection} that stays as it is: the
 * contract has messages thrown away, the conformance cases want them echoed. Pings, closes and
 * broken rules are the connection's own business: it gets all bytes, each message before its echo.
 *
 * <p>A handler for both directions, so that the connection does not write past it. Gathers
 * messages, so it is nothing for a real gateway.
 */
final class EchoTap extends ChannelDuplexHandler implements FrameListener {
  private final FrameReader reader;
  private ChannelHandlerContext ctx;
  private ByteBuf bytes;
  private ByteBuf copy;
  private ByteBuf message;

  @SuppressWarnings({"NullAway.Init", "this-escape"}) // set before anything is read
  EchoTap(long maxMessageBytes) {
    reader = new FrameReader(this, maxMessageBytes, Integer.MAX_VALUE);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    message = context.alloc().buffer();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    message.release();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object read) {
    if (context.pipeline().get(ClientConnection.class) == null) {
      context.fireChannelRead(read);
      return;
    }
    bytes = (ByteBuf) read;
    // The reader unmasks in place, and the connection's own one wants the bytes as they came.
    copy = bytes.copy();
    try {
      reader.read(copy);
      passOn();
    } finally {
      copy.release();
      bytes.release();
    }
  }

  private void passOn() {
    int length = copy.readerIndex() - (copy.writerIndex() - bytes.readableBytes());
    if (length > 0) {
      ctx.fireChannelRead(bytes.readRetainedSlice(length));
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.fireChannelReadComplete();
    context.flush();
  }

  @Override
  public void onData(ByteBuf piece) {
    message.writeBytes(piece);
  }

  @Override
  public void onMessageEnd(boolean text) {
    passOn();
    ByteBuf frame = ctx.alloc().buffer(message.readableBytes() + 10);
    int opcode = text ? Frames.OPCODE_TEXT : Frames.OPCODE_BINARY;
    Frames.writeHeader(opcode, message.readableBytes(), frame);
    frame.writeBytes(message);
    message.clear();
    ctx.write(frame);
  }

  @Override
  public void onPing(ByteBuf payload) {
    // The connection answers.
  }

  @Override
  public void onPong(ByteBuf payload) {
    // The connection reads it.
  }

  @Override
  public void onClose(int code) {
    // The connection answers.
  }

  @Override
  public void onViolation(CloseReason reason) {
    // The connection finds it too.
  }
}
