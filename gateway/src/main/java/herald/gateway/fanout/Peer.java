package herald.gateway.fanout;

import org.jspecify.annotations.Nullable;

/** Another instance, as the mailboxes see it. Not thread-safe: reached under the dispatch lock. */
final class Peer {
  private static final CommitPlace NOTHING_SAID =
      new CommitPlace(CommitPlace.BEFORE_THE_LOG, 0, 0, 0);

  private final long instance;
  private CommitPlace live = NOTHING_SAID;
  private @Nullable CommitPlace doubt;

  Peer(long instance) {
    this.instance = instance;
  }

  long instance() {
    return instance;
  }

  /** Up to where all healthy connections there have confirmed. */
  CommitPlace live() {
    return live;
  }

  void live(CommitPlace place) {
    live = place;
  }

  /** What is not known of it came later than this place; null if all is known. */
  @Nullable CommitPlace doubt() {
    return doubt;
  }

  void doubt(@Nullable CommitPlace since) {
    doubt = since;
  }
}
