package herald.gateway.connection;

import io.netty.buffer.ByteBuf;

/** What a {@link FrameReader} finds. Called on the event loop; no buffer outlives the call. */
interface FrameListener {

  /** A ping; its payload is to be sent back. */
  void ping(ByteBuf payload);

  /** A pong. */
  void pong(ByteBuf payload);

  /**
   * A close frame.
   *
   * @param code 0 if it carries none
   */
  void close(int code);

  /** A piece of a message, unmasked; pieces follow each other until {@link #messageEnd}. */
  void data(ByteBuf piece);

  /** The end of a message. */
  void messageEnd(boolean text);

  /** The client broke a rule; nothing more will be found. */
  void violated(CloseReason reason);
}
