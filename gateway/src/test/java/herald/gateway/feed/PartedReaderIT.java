package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.testing.SharedDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
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
class PartedReaderIT {
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
    whole = new RpcLogReader(database.dataSource());
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

  @ParameterizedTest
  @ValueSource(ints = {1, 99, 100, 101, 199, 203, 999, 1_000})
  void keepsTheOrder(int size) throws Exception {
    Map<String, Long> signatures = signatures(size);
    List<String> there = new ArrayList<>(signatures.keySet());
    there.removeIf(signature -> signatures.getOrDefault(signature, 0L) > ROWS);
    try (PartedReader parted = new PartedReader(whole)) {
      List<RpcLog> found = parted.read(signatures);
      assertThat(found).extracting(RpcLog::sig).containsExactlyElementsOf(there);
      assertThat(found)
          .allSatisfy(log -> assertThat(log.receivedAtNanos()).isEqualTo(signatures.get(log.sig())))
          .containsExactlyElementsOf(whole.read(signatures));
    }
  }

  @Test
  void failsAsAWhole() throws Exception {
    try (PartedReader parted = new PartedReader(whole)) {
      Map<String, Long> signatures = signatures(ROWS);
      database.execute("alter table rpc_log rename to gone");
      assertThatThrownBy(() -> parted.read(signatures)).isInstanceOf(SQLException.class);
      database.execute("alter table gone rename to rpc_log");
      assertThat(parted.read(signatures)).isEqualTo(whole.read(signatures));
    }
  }
}
