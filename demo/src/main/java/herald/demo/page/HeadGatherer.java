package herald.demo.page;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the first bytes of a connection that is read by request, until it is clear what they are
 * or they are too many. It is to be removed then. Event loop.
 */
abstract class HeadGatherer extends ChannelInboundHandlerAdapter {
  static final String END_OF_HEAD = "\r\n\r\n";
  private static final int MAX_BYTES = 8 * 1024;

  private @Nullable ByteBuf gathered;

  /** Whether no more of the text has to come. */
  abstract boolean isEnough(String text);

  /**
   * Called once.
   *
   * @param bytes to be released
   * @param text the same as text; it may not be enough
   */
  abstract void onGathered(ChannelHandlerContext context, ByteBuf bytes, String text);

  @Override
  public final void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = gathered == null ? context.alloc().buffer() : gathered;
    gathered = bytes;
    ByteBuf read = (ByteBuf) message;
    bytes.writeBytes(read);
    read.release();
    String text = bytes.toString(StandardCharsets.ISO_8859_1);
    if (!isEnough(text) && bytes.readableBytes() <= MAX_BYTES) {
      context.read();
      return;
    }
    gathered = null;
    onGathered(context, bytes, text);
  }

  @Override
  public final void handlerRemoved(ChannelHandlerContext context) {
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
  }
}
