package herald.gateway.relay;

import herald.gateway.relay.StreamPublishing.Answer;
import herald.gateway.relay.StreamPublishing.Result;
import java.util.ArrayList;
import java.util.List;

/** The stream in memory: stores a message if it is told the right end. */
final class ModelStream {
  private final List<byte[]> messages = new ArrayList<>();

  Result store(byte[] message, long expectedLastSequence) {
    if (expectedLastSequence != messages.size()) {
      return new Result(Answer.REFUSED, 0);
    }
    messages.add(message);
    return new Result(Answer.STORED, messages.size());
  }

  long end() {
    return messages.size();
  }

  /** The message of this sequence. */
  byte[] message(long sequence) {
    return messages.get((int) sequence - 1);
  }
}
