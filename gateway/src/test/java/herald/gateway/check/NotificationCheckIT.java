package herald.gateway.check;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.postgres.SharedDatabase;
import herald.gateway.check.Finding.Level;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions as a pooler lends them: each statement may reach another backend. */
final class NotificationCheckIT {
  private static final int WAIT_MILLIS = 200;

  private final List<Finding> findings = new ArrayList<>();
  private final List<Connection> backends = new ArrayList<>();

  @BeforeEach
  void connect() throws SQLException {
    SharedDatabase database = SharedDatabase.fresh();
    for (int i = 0; i < 3; i++) {
      backends.add(database.connect());
    }
  }

  @AfterEach
  void disconnect() throws SQLException {
    for (Connection backend : backends) {
      backend.close();
    }
  }

  @Test
  void twoSessionsOfTheirOwnPass() throws SQLException {
    run(backends.get(0), backends.get(1));
    assertThat(findings).hasSize(3).extracting(Finding::level).containsOnly(Level.OK);
  }

  @Test
  void sessionsThatShareBackendsAreFound() throws SQLException {
    Connection pooled = session(backends.get(0), backends);
    run(pooled, pooled);
    assertThat(findings).first().extracting(Finding::subject).isEqualTo("pooler");
    assertThat(findings).first().extracting(Finding::level).isEqualTo(Level.FAIL);
  }

  @Test
  void aListenThatReachesAnotherBackendIsFoundByWhatDoesNotArrive() throws SQLException {
    run(session(backends.get(0), backends.subList(1, 2)), backends.get(2));
    assertThat(findings)
        .filteredOn(finding -> finding.level() == Level.FAIL)
        .extracting(Finding::sentence)
        .hasSize(2)
        .allMatch(sentence -> sentence.contains("did not arrive within 200 ms"));
  }

  private void run(Connection listener, Connection other) throws SQLException {
    new NotificationCheck(WAIT_MILLIS).run(listener, other, findings::add);
  }

  /** Reads from {@code own} what the server sends unasked, and lends the others for statements. */
  private static Connection session(Connection own, List<Connection> lent) {
    AtomicInteger turn = new AtomicInteger();
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              boolean isStatement = method.getName().endsWith("Statement");
              Connection target =
                  isStatement ? lent.get(turn.getAndIncrement() % lent.size()) : own;
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
