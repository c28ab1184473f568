package herald.gateway.connection;

import io.netty.buffer.ByteBuf;

/**
 * What a {@link FrameReader} calls with the frames that it reads. No buffer outlives the call.
 * Event loop.
 */
interface FrameListener {

  /** A ping; its payload is to be sent back. */
  void onPing(ByteBuf payload);

  /** A pong. */
  void onPong(ByteBuf payload);

  /**
   * A close frame.
   *
   * @param code 0 if it carries none
   */
  void onClose(int code);

  /** A piece of a message, unmasked; pieces follow each other until {@link #onMessageEnd}. */
  void onData(ByteBuf piece);

  /** The end of a message. */
  void onMessageEnd(boolean text);

  /** The client broke a rule of the protocol; nothing more will be read. */
  void onViolation(CloseReason reason);
}
