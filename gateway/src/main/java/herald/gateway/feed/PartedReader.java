package herald.gateway.feed;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Reads a large batch in parts, over several connections at once. One connection is one process of
 * PostgreSQL: on a server that is busy with writers, it alone would get less of the processors than
 * the writers do, and fall behind them.
 */
final class PartedReader implements AutoCloseable {
  private static final int MOST_PARTS = 4;
  private static final int SMALLEST_PART = 20;

  private final RpcLogReader reader;
  private final ExecutorService others =
      Executors.newFixedThreadPool(MOST_PARTS - 1, new DefaultThreadFactory("herald-part", true));

  PartedReader(RpcLogReader reader) {
    this.reader = reader;
  }

  /**
   * As {@link RpcLogReader#read}: in the given order. Rows that come later in it may have been read
   * earlier. Fetch thread.
   */
  List<RpcLog> read(Map<String, Long> receivedAtNanos) throws SQLException, InterruptedException {
    int parts = Math.min(MOST_PARTS, receivedAtNanos.size() / SMALLEST_PART);
    if (parts < 2) {
      return reader.read(receivedAtNanos);
    }
    List<Future<List<RpcLog>>> reading = new ArrayList<>(parts - 1);
    Iterator<Map.Entry<String, Long>> rest = receivedAtNanos.entrySet().iterator();
    int size = (receivedAtNanos.size() + parts - 1) / parts;
    Map<String, Long> own = next(rest, size);
    while (rest.hasNext()) {
      Map<String, Long> part = next(rest, size);
      reading.add(others.submit(() -> reader.read(part)));
    }
    try {
      List<RpcLog> found = new ArrayList<>(reader.read(own));
      for (Future<List<RpcLog>> part : reading) {
        found.addAll(part.get());
      }
      return found;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException failure) {
        throw failure;
      }
      throw new IllegalStateException(e);
    } finally {
      reading.forEach(part -> part.cancel(true));
    }
  }

  private static Map<String, Long> next(Iterator<Map.Entry<String, Long>> rest, int size) {
    Map<String, Long> part = new LinkedHashMap<>();
    while (part.size() < size && rest.hasNext()) {
      Map.Entry<String, Long> entry = rest.next();
      part.put(entry.getKey(), entry.getValue());
    }
    return part;
  }

  @Override
  public void close() {
    others.shutdownNow();
  }
}
