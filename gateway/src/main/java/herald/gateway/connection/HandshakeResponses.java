package herald.gateway.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/** Writes the HTTP responses of a handshake. */
final class HandshakeResponses {
  private HandshakeResponses() {}

  /** Tells the client why it is rejected, if it can and should be told, and closes the socket. */
  static void writeRejection(ChannelHandlerContext ctx, RejectReason reason) {
    if (reason.hasResponse() && canRespond(ctx)) {
      ctx.writeAndFlush(ascii(ctx, reason.response())).addListener(ChannelFutureListener.CLOSE);
    } else {
      ctx.close();
    }
  }

  /**
   * Opens the WebSocket and closes it at once, with the code and the sentence of the rejection, all
   * in one piece. The end of the stream follows, so the client's own close frame is not awaited.
   *
   * @param key of the client's upgrade
   */
  static void writeClosedUpgrade(ChannelHandlerContext ctx, String key, RejectReason reason) {
    ByteBuf answer = ascii(ctx, WebSocketKey.response(key, null));
    Frames.writeClose(reason.closeCode(), reason.sentence(), answer);
    ctx.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
  }

  /**
   * Writes the 101, which makes the socket a WebSocket.
   *
   * @param setCookie the value of a Set-Cookie header; null for none
   */
  static void writeUpgrade(
      ChannelHandlerContext ctx, UpgradeRequest request, @Nullable String setCookie) {
    ctx.writeAndFlush(ascii(ctx, request.response(setCookie)), ctx.voidPromise());
  }

  /** Whether a response can be sent: with TLS only when the TLS handshake is complete. */
  static boolean canRespond(ChannelHandlerContext ctx) {
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    return tls == null || tls.handshakeFuture().isSuccess();
  }

  private static ByteBuf ascii(ChannelHandlerContext ctx, String text) {
    return ByteBufUtil.writeAscii(ctx.alloc(), text);
  }
}
