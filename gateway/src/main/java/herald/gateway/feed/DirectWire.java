package herald.gateway.feed;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Takes the answers to statements on the socket of a {@link DirectConnection}, which the driver has
 * connected and whose statements it has prepared. From then on the driver sees nothing of what
 * comes: this handler stands before it, and behind TLS.
 *
 * <p>It reads what PostgreSQL's extended query protocol answers (manual, chapter "Frontend/Backend
 * Protocol", section "Message Formats"), where it lies in the buffer that has come. A message is
 * its type in a byte, its length in 32 bits, and so many bytes less four. What does not belong
 * there is a failure, after which nothing is read any more.
 *
 * <p>The socket's thread.
 */
final class DirectWire extends ChannelInboundHandlerAdapter {
  /** Type and length. */
  private static final int HEADER_BYTES = 1 + Integer.BYTES;

  /** A row is far smaller: large texts are not read here. */
  private static final int MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

  private static final String PROTOCOL_VIOLATION = "08P01";

  private final Receiver receiver;

  /** The first bytes of a message whose rest has not come; null for none. */
  private @Nullable ByteBuf incomplete;

  private boolean hasFailed;

  /** Takes what comes. Must not throw, but for a row. */
  interface Receiver {
    /** A row in binary form, to be read during the call; its reader index stands at its columns. */
    void onRow(ByteBuf row);

    /** The answer has ended: the next statement may be sent. */
    void onReady();

    /** The server refuses the statement; the end of the answer follows. */
    void onRefused(SQLException why);

    /** What has come is no answer, or nothing can come: the connection is of no use any more. */
    void onFailure(Throwable why);
  }

  DirectWire(Receiver receiver) {
    this.receiver = receiver;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object received) {
    try {
      ByteBuf bytes = whole(ctx, (ByteBuf) received);
      try {
        readMessages(bytes);
      } finally {
        if (bytes.isReadable() && !hasFailed) {
          incomplete = bytes.retain();
        }
        bytes.release();
      }
    } catch (SQLException | RuntimeException | Error e) {
      fail(e);
    }
  }

  /** What has come, behind what was incomplete. Takes both over, also if it throws. */
  private ByteBuf whole(ChannelHandlerContext ctx, ByteBuf received) {
    ByteBuf before = incomplete;
    if (before == null) {
      return received;
    }
    incomplete = null;
    try {
      return ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, received);
    } catch (RuntimeException | Error e) {
      // Netty has released what was received, and leaves the rest to its caller.
      before.release();
      throw e;
    }
  }

  private void fail(Throwable why) {
    hasFailed = true;
    releaseIncomplete();
    receiver.onFailure(why);
  }

  /** Reading or writing has failed. The driver is told as well. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(cause);
    ctx.fireExceptionCaught(cause);
  }

  /** The driver has nothing to do behind a reading of which it knows nothing. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {}

  private void readMessages(ByteBuf bytes) throws SQLException {
    while (bytes.readableBytes() >= HEADER_BYTES && !hasFailed) {
      int begin = bytes.readerIndex();
      int length = bytes.getInt(begin + 1);
      if (length < Integer.BYTES || length > MAX_MESSAGE_BYTES) {
        throw new SQLException("a message of " + length + " bytes", PROTOCOL_VIOLATION);
      }
      if (bytes.readableBytes() < 1 + length) {
        return;
      }
      bytes.skipBytes(HEADER_BYTES);
      int end = begin + 1 + length;
      onMessage((char) bytes.getByte(begin), bytes, end);
      bytes.readerIndex(end);
    }
  }

  private void onMessage(char type, ByteBuf bytes, int end) throws SQLException {
    switch (type) {
      case 'D' -> receiver.onRow(bytes);
      case 'Z' -> receiver.onReady();
      case 'E' -> receiver.onRefused(error(bytes, end));
      // BindComplete and CommandComplete; and what the server may say at any time: NoticeResponse,
      // ParameterStatus and NotificationResponse.
      case '2', 'C', 'N', 'S', 'A' -> {}
      default -> throw new SQLException("a message of type " + (int) type, PROTOCOL_VIOLATION);
    }
  }

  /** An ErrorResponse: fields of a byte that says which, and a text that ends with a zero. */
  private static SQLException error(ByteBuf bytes, int end) {
    String message = "an error without a message";
    String state = PROTOCOL_VIOLATION;
    while (bytes.readerIndex() < end) {
      byte field = bytes.readByte();
      int length = bytes.bytesBefore(end - bytes.readerIndex(), (byte) 0);
      if (field == 0 || length < 0) {
        break;
      }
      String text = bytes.readCharSequence(length, StandardCharsets.UTF_8).toString();
      bytes.skipBytes(1);
      if (field == 'M') {
        message = text;
      } else if (field == 'C') {
        state = text;
      }
    }
    return new SQLException(message, state);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    releaseIncomplete();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    releaseIncomplete();
  }

  private void releaseIncomplete() {
    if (incomplete != null) {
      incomplete.release();
      incomplete = null;
    }
  }
}
