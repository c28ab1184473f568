package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.demo.postgres.SharedDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches of all sizes come in the order that was asked for, as from one connection. */
@SuppressWarnings("NullAway.Init") // set by start
class ReadAheadIT {
  private static final int ROWS = 1_000;

  private SharedDatabase database;
  private RpcLogReader whole;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    database.execute(
        "insert into rpc_log (sig, rpc, from_wallet, relayed_by, relayed_at, applied_at)"
            + " select 'sig' || n, '{\"method\":\"chat.message\"}', '0xa', 'node', now(), now()"
            + " from generate_series(1, "
            + ROWS
            + ") n");
    whole = new RpcLogReader(database.dataSource(), null);
  }

  private static Map<String, Long> signatures(int size) {
    List<Integer> numbers = new ArrayList<>();
    for (int number = 1; number <= size; number++) {
      // Some are not there.
      numbers.add(number % 7 == 0 ? ROWS + number : number);
    }
    Collections.shuffle(numbers, new Random(size));
    Map<String, Long> signatures = new LinkedHashMap<>();
    numbers.forEach(number -> signatures.put("sig" + number, (long) number));
    return signatures;
  }

  /** Reads all, as the fetch thread does: what has been read is taken out, more comes behind. */
  private static List<RpcLog> readAll(ReadAhead ahead, Map<String, Long> signatures)
      throws Exception {
    List<RpcLog> found = new ArrayList<>();
    Map<String, Long> waiting = new LinkedHashMap<>();
    Iterator<Map.Entry<String, Long>> more = signatures.entrySet().iterator();
    while (more.hasNext() || !waiting.isEmpty()) {
      for (int i = 0; i < 150 && more.hasNext(); i++) {
        Map.Entry<String, Long> next = more.next();
        waiting.put(next.getKey(), next.getValue());
      }
      ReadAhead.Read read = ahead.read(waiting);
      assertThat(waiting.keySet()).startsWith(read.asked().toArray(String[]::new));
      read.asked().forEach(waiting::remove);
      found.addAll(read.found());
    }
    return found;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 19, 20, 39, 40, 41, 150, 199, 203, 999, 1_000})
  void keepsTheOrder(int size) throws Exception {
    Map<String, Long> signatures = signatures(size);
    List<String> there = new ArrayList<>(signatures.keySet());
    there.removeIf(signature -> signatures.getOrDefault(signature, 0L) > ROWS);
    try (ReadAhead ahead = new ReadAhead(whole)) {
      List<RpcLog> found = readAll(ahead, signatures);
      assertThat(found).extracting(RpcLog::sig).containsExactlyElementsOf(there);
      assertThat(found)
          .allSatisfy(log -> assertThat(log.receivedAtNanos()).isEqualTo(signatures.get(log.sig())))
          .containsExactlyElementsOf(whole.read(signatures).found());
    }
  }

  /** As when a replica does not have a row yet: it is asked for again, and all behind it. */
  @Test
  void beginsAgainWhenTheFirstIsAskedForAgain() throws Exception {
    try (ReadAhead ahead = new ReadAhead(whole)) {
      Map<String, Long> signatures = signatures(500);
      List<String> taken = new ArrayList<>(ahead.read(signatures).asked());
      assertThat(taken).hasSizeLessThan(500);
      taken.subList(0, taken.size() / 2).forEach(signatures::remove);
      List<RpcLog> rest = whole.read(signatures).found();
      assertThat(readAll(ahead, signatures)).isEqualTo(rest);
    }
  }

  @Test
  void readsAllAgainAfterAFailure() throws Exception {
    try (ReadAhead ahead = new ReadAhead(whole)) {
      Map<String, Long> signatures = signatures(ROWS);
      database.execute("alter table rpc_log rename to gone");
      assertThatThrownBy(() -> ahead.read(signatures)).isInstanceOf(SQLException.class);
      database.execute("alter table gone rename to rpc_log");
      assertThat(readAll(ahead, signatures)).isEqualTo(whole.read(signatures).found());
    }
  }
}
