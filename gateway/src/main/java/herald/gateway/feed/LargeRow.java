package herald.gateway.feed;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A row with a large text that is read beside the feed. Of one thread of {@link LargeRows}, then of
 * the fetch thread, in turn.
 */
final class LargeRow {
  private final RpcLog unread;
  private final HeldRow held;
  private @Nullable RpcLog log;
  private EventFactory.@Nullable Decision decision;
  private @Nullable Throwable failure;

  /** Kept while the text is not: the chat and those who are in it. */
  private String chatId = "";

  private List<Integer> members = List.of();

  /**
   * @param held what holds up the rows behind it
   */
  LargeRow(RpcLog unread, HeldRow held) {
    this.unread = unread;
    this.held = held;
  }

  /** It is being read, perhaps not for the first time. */
  void begin() {
    failure = null;
  }

  /** It has been read. */
  void isRead(RpcLog whole, EventFactory.Decision decided) {
    chatId = whole.chatId();
    members = Stream.concat(whole.members().stream(), whole.hiddenMembers().stream()).toList();
    decision = decided;
    log = whole.withoutText();
  }

  /** It can't be read. */
  void hasFailed(Throwable why) {
    failure = why;
  }

  /** Lets go of the text: it is read again. */
  void letGo() {
    log = null;
    decision = null;
  }

  /** Whether something that has not been published is before it in its chat. */
  boolean mustWait(BlastBarrier barrier) {
    return barrier.isBehind(chatId, held.number())
        || members.stream().anyMatch(member -> barrier.mustWait(member, held.number()));
  }

  /** Whether so much is before it in a member's chats that it is told of by a gap. */
  boolean isTooEarly(BlastBarrier barrier) {
    return members.stream().anyMatch(member -> barrier.isBehind(member, held.number()));
  }

  /** What holds up the rows behind it. */
  HeldRow held() {
    return held;
  }

  /** The row without its text, as it was given out first. */
  RpcLog unread() {
    return unread;
  }

  String sig() {
    return unread.sig();
  }

  /** The row; null if it is not there, or can't be read. */
  @Nullable RpcLog log() {
    return log;
  }

  /** What is to be done with it; null if there is no row. */
  EventFactory.@Nullable Decision decision() {
    return decision;
  }

  /** Why it can't be read; null if it can. */
  @Nullable Throwable failure() {
    return failure;
  }
}
