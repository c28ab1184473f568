package herald.gateway.feed;

import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayRequest;
import java.util.concurrent.CompletableFuture;

/** One replay from being asked for until it is answered; compared by identity. Any thread. */
final class PendingReplay {
  private final ReplayRequest request;
  private final long askedAtNanos;
  private final CompletableFuture<Replay> answer = new CompletableFuture<>();

  PendingReplay(ReplayRequest request, long askedAtNanos) {
    this.request = request;
    this.askedAtNanos = askedAtNanos;
  }

  ReplayRequest request() {
    return request;
  }

  int userId() {
    return request.userId();
  }

  /** When it was asked for. */
  long askedAtNanos() {
    return askedAtNanos;
  }

  /** What the connection waits for. */
  CompletableFuture<Replay> answer() {
    return answer;
  }

  /** Whether nobody has given an answer yet and the connection still waits for one. */
  boolean isWanted() {
    return !answer.isDone();
  }
}
