package herald.gateway.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * How one client is told that it is rejected. A page in a browser sees neither the status nor the
 * text of a response that is not 101, so by option the WebSocket is opened and closed at once, with
 * a code that the page sees. That takes the key of an upgrade; without one, and for what is wrong
 * with the request as HTTP, the client gets the HTTP response. Event loop.
 */
final class Rejection {
  private final boolean withClose;
  private RejectReason reason = RejectReason.TIMED_OUT;
  private boolean isRead;
  private @Nullable String key;
  private @Nullable UnreadRequest unread;

  /**
   * @param withClose whether clients are rejected by a close frame where that is possible
   */
  Rejection(boolean withClose) {
    this.withClose = withClose;
  }

  /** A request has been decoded. */
  void onRequest(HttpRequest request) {
    isRead = true;
    if (withClose) {
      try {
        key = UpgradeRequest.webSocketKey(request);
      } catch (UpgradeRequest.RejectedException e) {
        key = null;
      }
    }
  }

  /** Takes the socket into a state in which it costs little until it is answered. */
  void hold(ChannelHandlerContext ctx, RejectReason why) {
    reason = why;
    if (withClose && !isRead && why.closeCode() > 0) {
      unread = new UnreadRequest();
    }
    ctx.pipeline().get(RequestDecoder.class).discard(unread);
    if (!HandshakeResponses.canRespond(ctx)) {
      // The TLS handshake, which is expensive, is not to go on for this client.
      ctx.channel().config().setAutoRead(false);
    }
  }

  /** Answers a client that has been held. */
  void answerHeld(ChannelHandlerContext ctx) {
    if (unread != null) {
      key = unread.key();
    }
    answer(ctx, reason);
  }

  /** Answers and closes the socket. */
  void answer(ChannelHandlerContext ctx, RejectReason why) {
    if (key != null && why.closeCode() > 0) {
      HandshakeResponses.writeClosedUpgrade(ctx, key, why);
    } else {
      HandshakeResponses.writeRejection(ctx, why);
    }
  }
}
