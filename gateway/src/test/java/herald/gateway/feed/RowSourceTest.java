package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.config.FeedSettings;
import herald.gateway.metrics.Meters;
import herald.gateway.testing.FakeDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From which database a row is taken. */
class RowSourceTest {
  private final Table primary = new Table();
  private final Table replica = new Table();
  private final List<RowSource> open = new ArrayList<>();

  /** The rows of one server, by their signatures. */
  private static final class Table {
    private final Set<String> rows = new LinkedHashSet<>();
    private int asked;
    private boolean away;

    private RpcLogReader reader() {
      return new RpcLogReader(new FakeDatabase((sql, parameters) -> read(parameters)), null);
    }

    private synchronized List<@Nullable Object[]> read(List<Object> parameters)
        throws SQLException {
      asked++;
      if (away) {
        throw new SQLException("away");
      }
      List<@Nullable Object[]> found = new ArrayList<>();
      for (Object sig : (List<?>) parameters.get(0)) {
        if (rows.contains((String) sig)) {
          Integer[] users = {7};
          found.add(
              new Object[] {
                sig, 1L, "{}", 2L, 2L, users, null, null, null, null, null, null, null
              });
        }
      }
      return found;
    }

    private synchronized int asked() {
      return asked;
    }
  }

  private RowSource source(boolean withReplica, Duration patience) {
    RowSource source =
        new RowSource(
            new ReadAhead(primary.reader()),
            withReplica
                ? new ImpatientReader(
                    replica.reader(), 20_000, new Meters(new SimpleMeterRegistry()).feed())
                : null,
            FeedSettings.builder().replicaPatience(patience).build());
    open.add(source);
    return source;
  }

  @AfterEach
  void close() {
    open.forEach(RowSource::close);
  }

  private static Map<String, Long> asking(String... signatures) {
    Map<String, Long> asked = new LinkedHashMap<>();
    for (String signature : signatures) {
      asked.put(signature, 0L);
    }
    return asked;
  }

  private static List<String> signatures(RowSource.Rows rows) {
    return rows.logs().stream().map(RpcLog::sig).toList();
  }

  @Test
  void withoutAReplicaThePrimaryHasTheWord() throws Exception {
    primary.rows.addAll(List.of("a", "c"));
    RowSource.Rows rows = source(false, Duration.ZERO).read(asking("a", "b", "c"));
    assertThat(signatures(rows)).containsExactly("a", "c");
    assertThat(rows.missing()).containsExactly("b");
  }

  @Test
  void aReplicaGivesTheRowsBeforeTheFirstMissingOne() throws Exception {
    primary.rows.addAll(List.of("a", "b", "c"));
    replica.rows.addAll(List.of("a", "c"));
    RowSource source = source(true, Duration.ofHours(1));
    RowSource.Rows rows = source.read(asking("a", "b", "c"));
    assertThat(signatures(rows)).containsExactly("a");
    assertThat(rows.missing()).isEmpty();
    RowSource.Rows none = source.read(asking("b", "c"));
    assertThat(signatures(none)).as("the replica may still get it").isEmpty();
    assertThat(none.missing()).isEmpty();
    replica.rows.add("b");
    assertThat(signatures(source.read(asking("b", "c")))).containsExactly("b", "c");
    assertThat(primary.asked()).isZero();
  }

  @Test
  void whenPatienceIsAtAnEndThePrimaryIsAskedAndForAWhileItAlone() throws Exception {
    primary.rows.addAll(List.of("a", "b"));
    RowSource source = source(true, Duration.ZERO);
    RowSource.Rows rows = source.read(asking("a", "x"));
    assertThat(signatures(rows)).containsExactly("a");
    assertThat(rows.missing()).containsExactly("x");
    assertThat(replica.asked()).isEqualTo(1);
    replica.rows.add("b");
    assertThat(signatures(source.read(asking("b")))).containsExactly("b");
    assertThat(replica.asked()).as("it is left alone").isEqualTo(1);
  }

  @Test
  void aReplicaThatFailsIsLeftAloneForAWhile() throws Exception {
    primary.rows.addAll(List.of("a", "b"));
    replica.away = true;
    RowSource source = source(true, Duration.ofHours(1));
    assertThat(signatures(source.read(asking("a")))).containsExactly("a");
    assertThat(signatures(source.read(asking("b")))).containsExactly("b");
    assertThat(replica.asked()).isEqualTo(1);
    assertThat(primary.asked()).isEqualTo(2);
  }

  @Test
  void aPrimaryThatFailsIsAFailure() {
    primary.away = true;
    RowSource source = source(false, Duration.ZERO);
    assertThatThrownBy(() -> source.read(asking("a"))).isInstanceOf(SQLException.class);
  }
}
