package herald.gateway.connection;

import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * The handler that is responsible for a client's socket at the moment: first a {@link
 * HandshakeHandler}, then a {@link ClientConnection}. It is in the {@link ConnectionRegistry} of
 * its event loop for as long as it is in a pipeline. The links of the registry's list are fields of
 * the handler; only the registry writes them. Event loop.
 */
abstract class ConnectionHandler extends TimedHandler {
  final LoopContext loop;
  @Nullable ConnectionHandler nextRegistered;
  @Nullable ConnectionHandler previousRegistered;

  ConnectionHandler(LoopContext loop) {
    this.loop = loop;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    loop.registry().add(this);
  }

  /** Netty calls this for whatever reason the handler leaves the pipeline. */
  @Override
  public final void handlerRemoved(ChannelHandlerContext context) {
    loop.registry().remove(this);
  }

  /**
   * The process, or this event loop, stood still for so long. The deadlines that ran out meanwhile
   * are given again: the client could not keep them, because nobody read what it sent.
   */
  abstract void onStandstill(long stoodNanos, long nowNanos);

  /** Ends the connection by closing its socket at once. */
  abstract void abort(CloseReason why);

  @Override
  final void onFailure() {
    abort(CloseReason.FAILED);
  }
}
