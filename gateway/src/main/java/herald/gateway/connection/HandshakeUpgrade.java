package herald.gateway.connection;

import herald.gateway.admission.ClientAddress;
import herald.gateway.admission.WalletUser;
import herald.gateway.device.DeviceCookie;
import herald.gateway.fanout.Subscriber;
import herald.gateway.metrics.HandshakeMeters;
import io.netty.channel.ChannelHandlerContext;

/** The last step of a handshake: the socket becomes a WebSocket. Event loop. */
final class HandshakeUpgrade {
  private HandshakeUpgrade() {}

  /**
   * Writes the 101, and puts a {@link ClientConnection} in the place of the handshake's handlers.
   */
  static void complete(
      HandshakeHandler handshake,
      ChannelHandlerContext ctx,
      PendingAuthentication authentication,
      WalletUser user,
      ClientAddress address) {
    LoopContext loop = handshake.loop;
    UpgradeRequest request = authentication.request();
    DeviceCookie.Recognized recognized = authentication.recognized();
    HandshakeResponses.writeUpgrade(ctx, request, recognized.setCookie());
    ctx.pipeline()
        .addLast(
            new ClientConnection(
                loop,
                ctx.channel().eventLoop(),
                new Subscriber(
                    user.userId(),
                    recognized.device(),
                    request.after().micros(),
                    request.after().event()),
                address,
                user));
    ctx.pipeline().remove(RequestDecoder.class);
    ctx.pipeline().remove(handshake);
    long tookNanos = loop.nowNanos() - authentication.decidedAtNanos();
    loop.meters().handshakes().passed(HandshakeMeters.Stage.UPGRADE, tookNanos);
    loop.meters().connections().opened();
  }
}
