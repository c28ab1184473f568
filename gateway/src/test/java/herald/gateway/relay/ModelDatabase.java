package herald.gateway.relay;

import herald.gateway.database.ServerIdentity;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.RowOrder;
import herald.gateway.feed.FeedMark;
import herald.gateway.feed.FeedPoint;
import herald.protocol.EncodedEvent;
import herald.protocol.EventId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Rows in the order of their commits, of transactions that have not begun in that order. */
final class ModelDatabase {
  private static final int OPEN = 5;
  private static final int LARGE_BYTES = 5_000;

  private final Random random;
  private final TreeSet<Integer> open = new TreeSet<>();
  private final List<Integer> xids = new ArrayList<>();
  private int nextXid = 100;

  ModelDatabase(Random random) {
    this.random = random;
  }

  /** Commits one of the transactions that are open. */
  void commit() {
    while (open.size() < OPEN) {
      open.add(nextXid++);
    }
    List<Integer> choices = new ArrayList<>(open);
    Integer xid = choices.get(random.nextInt(choices.size()));
    open.remove(xid);
    xids.add(xid);
  }

  int size() {
    return xids.size();
  }

  int xid(int row) {
    return xids.get(row);
  }

  /** A point behind the first rows. */
  FeedMark mark(int rows) {
    TreeSet<Integer> committed = new TreeSet<>(xids.subList(0, rows));
    int xmin = 100;
    while (committed.contains(xmin)) {
      xmin++;
    }
    FeedPoint point =
        new FeedPoint(rows, rows, xmin, 1, 1, new ServerIdentity(0, false, ""), "cluster/1");
    return new FeedMark(point, point, point);
  }

  Event event(int row) {
    int length = row % 17 == 0 ? LARGE_BYTES : 20;
    byte[] head = ("event " + row + " ".repeat(length)).getBytes(StandardCharsets.UTF_8);
    EncodedEvent encoded =
        EncodedEvent.of(new EventId(row, row + 1L, 0), head, new byte[1], new byte[0], 7);
    return new Event(encoded, Audience.of(1, 2), row, new RowOrder(xid(row), 0, 0, false));
  }
}
