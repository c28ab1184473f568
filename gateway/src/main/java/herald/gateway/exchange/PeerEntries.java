package herald.gateway.exchange;

import herald.gateway.exchange.Entry.State;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Takes what an instance says of its connections into the table. Exchange's thread. */
final class PeerEntries {
  private final PeerTable table;
  private final ThirdParties thirdParties;

  PeerEntries(PeerTable table, ThirdParties thirdParties) {
    this.table = table;
    this.thirdParties = thirdParties;
  }

  /** Takes a whole snapshot: what it does not name is not there any more. */
  void replace(Peer peer, List<Entry> all, long nowNanos) {
    Set<Long> named = new HashSet<>();
    for (Entry entry : all) {
      if (entry instanceof Entry.Put put && put.instance() == peer.instance()) {
        named.add(put.number());
      }
    }
    for (Long number : List.copyOf(peer.connections().keySet())) {
      if (!named.contains(number)) {
        table.forget(peer, number);
      }
    }
    for (Entry entry : all) {
      if (entry instanceof Entry.Knows knows) {
        thirdParties.ask(peer, knows, nowNanos);
      } else {
        apply(peer, entry, nowNanos);
      }
    }
  }

  /** Takes what has changed. */
  void apply(Peer sender, Entry entry, long nowNanos) {
    if (entry instanceof Entry.Live live) {
      // While something is unknown, one that lags may be taken for healthy.
      if (sender.isComplete()) {
        table.live(sender, live.mark());
      }
    } else if (entry instanceof Entry.Put put) {
      apply(sender, put, nowNanos);
    } else if (entry instanceof Entry.Moved moved) {
      Peer.Connection before = sender.connections().get(moved.number());
      if (before != null) {
        table.set(
            sender,
            moved.number(),
            new Peer.Connection(
                before.userId(),
                before.device(),
                moved.state(),
                moved.mark(),
                PeerTable.before(moved.agoMillis(), nowNanos)));
      }
    } else if (entry instanceof Entry.Retired retired) {
      Peer whose = table.get(retired.instance());
      if (whose != null) {
        table.forgetEnded(whose, retired.number());
      }
    } else if (entry instanceof Entry.Knows knows) {
      Peer told = table.get(knows.instance());
      if (told != null) {
        told.untold(false);
      }
    }
  }

  /** Of a third instance only what is gone is taken: one that is heard speaks for itself. */
  private void apply(Peer sender, Entry.Put put, long nowNanos) {
    Peer whose = table.get(put.instance());
    if (whose == null) {
      return;
    }
    if (whose == sender) {
      table.set(whose, put.number(), connection(put, put.state(), nowNanos));
    } else if (whose.isSilent() && !whose.connections().containsKey(put.number())) {
      table.set(whose, put.number(), connection(put, State.ENDED, nowNanos));
    }
  }

  private static Peer.Connection connection(Entry.Put put, State state, long nowNanos) {
    return new Peer.Connection(
        put.userId(), put.device(), state, put.mark(), PeerTable.before(put.agoMillis(), nowNanos));
  }
}
