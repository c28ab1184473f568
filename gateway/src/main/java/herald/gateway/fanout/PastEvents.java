package herald.gateway.fanout;

/**
 * What a connection may begin with. Whether there is anything of it shows when the connection
 * reads, on its event loop: under the dispatch lock, looking through all broadcasts for those that
 * concern the user would hold everybody up.
 *
 * @param origin where the past events come from, if there are any
 * @param until the position below which the events of memory are past
 * @param figures where connections with past events are counted
 */
record PastEvents(ReplayOrigin origin, long until, MemoryFigures figures) {

  /** Counts a connection that has past events, and says where they come from. */
  ReplayOrigin count() {
    figures.replayed(origin);
    return origin;
  }
}
