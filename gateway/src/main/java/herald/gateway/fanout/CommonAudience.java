package herald.gateway.fanout;

/**
 * The audience that the events have in common whose texts were let go, of one sender: what they say
 * is only that something is missing. Each would hold a bitmap of its own, which may be larger than
 * its text. Some users are told of a gap that did not concern them.
 *
 * <p>Written under the dispatch lock; any thread reads it. A user who is in it stays in it.
 */
final class CommonAudience {
  private volatile Audience audience;

  CommonAudience(Audience audience) {
    this.audience = audience;
  }

  Audience audience() {
    return audience;
  }

  void add(Audience more) {
    audience = audience.with(more);
  }
}
