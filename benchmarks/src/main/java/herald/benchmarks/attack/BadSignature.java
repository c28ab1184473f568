package herald.benchmarks.attack;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One handshake with a signature of chance: about half of them are somebody's, whom nobody knows.
 * All on one event loop.
 */
final class BadSignature extends ChannelInboundHandlerAdapter {
  private static final int SIGNATURE_BYTES = 65;

  private final Counts counts;
  private boolean answered;

  BadSignature(Counts counts) {
    this.counts = counts;
  }

  /** What became of them. */
  static final class Counts {
    long answered;
    long failed;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    byte[] signature = new byte[SIGNATURE_BYTES];
    ThreadLocalRandom.current().nextBytes(signature);
    signature[SIGNATURE_BYTES - 1] &= 1;
    String request =
        "GET /comms/chats/ws?timestamp="
            + System.currentTimeMillis()
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nx-sig: "
            + Base64.getEncoder().encodeToString(signature)
            + "\r\n\r\n";
    ctx.writeAndFlush(ByteBufUtil.writeAscii(ctx.alloc(), request), ctx.voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ((ByteBuf) message).release();
    if (!answered) {
      answered = true;
      counts.answered++;
    }
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!answered) {
      answered = true;
      counts.failed++;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
