package herald.gateway.exchange;

import java.io.IOException;
import java.util.List;

/**
 * What carries the small messages between instances: notifications of the database, or a subject of
 * the stream engine. All instances hear all messages, their own too.
 */
public interface InstanceBus {
  /**
   * Sends messages in their order. Exchange's thread; may wait.
   *
   * @throws IOException when they were not sent, or maybe not
   */
  void send(List<String> messages) throws IOException;

  /**
   * Whether no other instance listens for certain. Exchange's thread; may wait.
   *
   * @throws IOException when that can't be told
   */
  boolean isAlone() throws IOException;
}
