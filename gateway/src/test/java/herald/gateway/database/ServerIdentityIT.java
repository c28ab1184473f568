package herald.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.demo.postgres.SharedDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;

class ServerIdentityIT {
  private final SharedDatabase database = SharedDatabase.fresh();

  ServerIdentityIT() throws Exception {}

  @Test
  void anyRoleMayAskAndTheTextIsTheSame() throws Exception {
    database.execute("drop role if exists nobody_special; create role nobody_special login");
    try {
      database.execute("alter role nobody_special password 'x'");
      String jdbc = "jdbc:postgresql://127.0.0.1:" + database.port() + "/" + database.name();
      ServerIdentity own;
      try (Connection connection = DriverManager.getConnection(jdbc, "nobody_special", "x")) {
        own = ServerIdentity.of(connection);
      }
      assertThat(own.isInRecovery()).isFalse();
      assertThat(own.timeline()).isEqualTo("00000001");
      assertThat(own.startMicros())
          .isEqualTo(
              Long.parseLong(
                  database.query(
                      "select (extract(epoch from pg_postmaster_start_time()) *"
                          + " 1000000)::bigint")));
      assertThat(database.query("select " + ServerIdentity.SQL)).isEqualTo(own.toString());
      assertThat(ServerIdentity.parse(own.toString())).isEqualTo(own);
    } finally {
      database.execute("drop role nobody_special");
    }
  }

  @Test
  void otherTextIsRefused() {
    assertThatThrownBy(() -> ServerIdentity.parse("1700000000000000"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no server's identity");
  }
}
