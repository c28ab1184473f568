package herald.gateway.feed;

import herald.gateway.supervision.SupervisedPool;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows and gives them out in order: few at once; many in parts, over several connections,
 * while the first parts are already being published. One connection is one process of PostgreSQL:
 * on a server that is busy with writers, it alone would get less of the processors than the writers
 * do, and fall behind them. Fetch thread.
 */
final class ReadAhead implements AutoCloseable {
  private static final int MOST_PARTS = 4;
  private static final int SMALLEST_PART = 20;
  private static final int LARGEST_PART = 100;
  private static final String THREADS = "herald-read-ahead";

  private final RpcLogReader reader;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          MOST_PARTS,
          MOST_PARTS,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          new DefaultThreadFactory(THREADS, true));
  private final @Nullable SupervisedPool supervised;

  /** What is being read, in the order that was asked for. */
  private final ArrayDeque<Part> parts = new ArrayDeque<>();

  private record Part(Map<String, Long> signatures, Future<Read> reading) {}

  /**
   * What one read has come to.
   *
   * @param asked the signatures that were looked for: the first ones, if not all fitted into one
   *     read
   * @param found their rows in the same order; rows that are not there are left out
   * @param readAtNanos when it was done, on the clock of {@code System.nanoTime}
   * @param nanos how long it took
   */
  record Read(Set<String> asked, List<RpcLog> found, long readAtNanos, long nanos) {}

  /** Its threads are not supervised: for a reader that somebody waits for only for so long. */
  ReadAhead(RpcLogReader reader) {
    this.reader = reader;
    supervised = null;
  }

  /**
   * Its threads are supervised.
   *
   * @param longestReadMillis how long one read may take
   */
  ReadAhead(RpcLogReader reader, Supervisor supervisor, long longestReadMillis) {
    this.reader = reader;
    supervised =
        supervisor.pool(
            THREADS,
            MOST_PARTS,
            longestReadMillis,
            longestReadMillis,
            () -> threads.getQueue().size());
  }

  /**
   * Reads the first of these, and begins to read more of them. Rows that come later may have been
   * read earlier.
   *
   * @param receivedAtNanos for each signature when its notification came; from call to call the
   *     same, but for the first, which have been taken out, and more behind the last
   */
  Read read(Map<String, Long> receivedAtNanos) throws SQLException, InterruptedException {
    Iterator<Map.Entry<String, Long>> rest = receivedAtNanos.entrySet().iterator();
    int begun = alreadyBegun(receivedAtNanos, rest);
    begin(rest, receivedAtNanos.size() - begun);
    Part first = parts.poll();
    if (first == null) {
      return readNow(new LinkedHashMap<>(receivedAtNanos));
    }
    Read read = await(first);
    beginRest(first, read);
    boolean incomplete = read.found().size() < read.asked().size();
    // What was not there when a read ahead began, as on a replica, may be by now.
    return begun > 0 && incomplete ? readAgain(first, read) : read;
  }

  private Read readAgain(Part part, Read incomplete) throws SQLException {
    Map<String, Long> again = new LinkedHashMap<>(part.signatures());
    again.keySet().retainAll(incomplete.asked());
    return readNow(again);
  }

  private Read readNow(Map<String, Long> signatures) throws SQLException {
    long beginNanos = System.nanoTime();
    RpcLogReader.Reading reading = reader.read(signatures);
    long nowNanos = System.nanoTime();
    return new Read(reading.asked(), reading.found(), nowNanos, nowNanos - beginNanos);
  }

  private Read await(Part part) throws SQLException, InterruptedException {
    try {
      return part.reading().get();
    } catch (ExecutionException e) {
      forget();
      if (e.getCause() instanceof SQLException failure) {
        throw failure;
      }
      throw new IllegalStateException(e);
    }
  }

  /** Goes past what is being read already, and says how many these are. */
  private int alreadyBegun(
      Map<String, Long> receivedAtNanos, Iterator<Map.Entry<String, Long>> rest) {
    if (parts.isEmpty()) {
      return 0;
    }
    if (!firstOf(parts.element().signatures()).equals(firstOf(receivedAtNanos))) {
      // Of the part before, some are asked for again.
      forget();
      return 0;
    }
    int begun = parts.stream().mapToInt(part -> part.signatures().size()).sum();
    for (int i = 0; i < begun; i++) {
      rest.next();
    }
    return begun;
  }

  private static String firstOf(Map<String, Long> signatures) {
    return signatures.keySet().iterator().next();
  }

  private void begin(Iterator<Map.Entry<String, Long>> rest, int waiting) {
    int count = Math.min(MOST_PARTS - parts.size(), waiting / SMALLEST_PART);
    if (count == 0 || (parts.isEmpty() && count == 1)) {
      return;
    }
    int size = Math.min(LARGEST_PART, (waiting + count - 1) / count);
    for (int i = 0; i < count && rest.hasNext(); i++) {
      Map<String, Long> part = new LinkedHashMap<>();
      while (part.size() < size && rest.hasNext()) {
        Map.Entry<String, Long> entry = rest.next();
        part.put(entry.getKey(), entry.getValue());
      }
      parts.add(new Part(part, start(part)));
    }
  }

  private Future<Read> start(Map<String, Long> signatures) {
    FutureTask<Read> reading = new FutureTask<>(() -> readNow(signatures));
    threads.execute(supervised == null ? reading : supervised.watch(reading));
    return reading;
  }

  /** A part may hold more than fits into one read: the rest of it comes next. */
  private void beginRest(Part part, Read read) {
    if (read.asked().size() < part.signatures().size()) {
      Map<String, Long> rest = new LinkedHashMap<>(part.signatures());
      rest.keySet().removeAll(read.asked());
      parts.addFirst(new Part(rest, start(rest)));
    }
  }

  /** Lets go what was read ahead. */
  void forget() {
    parts.forEach(part -> part.reading().cancel(true));
    parts.clear();
  }

  @Override
  public void close() {
    if (supervised != null) {
      supervised.mayEnd();
    }
    threads.shutdownNow();
  }
}
