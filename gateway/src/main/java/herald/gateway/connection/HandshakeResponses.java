package herald.gateway.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;

/** What is said to a client before it is a WebSocket. */
final class HandshakeResponses {
  private HandshakeResponses() {}

  /** Says why, where that is possible and wanted, and closes. */
  static void refuse(ChannelHandlerContext ctx, RejectReason refusal) {
    if (refusal.isSaid() && canBeGiven(ctx)) {
      ctx.writeAndFlush(ascii(ctx, refusal.response())).addListener(ChannelFutureListener.CLOSE);
    } else {
      ctx.close();
    }
  }

  /** The 101. */
  static void upgrade(ChannelHandlerContext ctx, UpgradeRequest handshake) {
    ctx.writeAndFlush(ascii(ctx, handshake.response()), ctx.voidPromise());
  }

  /** With TLS nothing can be said before its own handshake is done. */
  static boolean canBeGiven(ChannelHandlerContext ctx) {
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    return tls == null || tls.handshakeFuture().isSuccess();
  }

  private static ByteBuf ascii(ChannelHandlerContext ctx, String text) {
    return ByteBufUtil.writeAscii(ctx.alloc(), text);
  }
}
