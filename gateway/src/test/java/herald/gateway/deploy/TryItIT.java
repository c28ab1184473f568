package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.postgres.SharedDatabase;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The way of a new operator, {@code deploy/try-it}, with the packaged gateway. */
final class TryItIT {
  private static final Pattern QUERIES =
      Pattern.compile("(\\d+) queries asked, (\\d+) with an answer");

  @Test
  void theWholeWay() throws Exception {
    Tool.orSkip("psql", "postgresql-client");
    Tool.orSkip("curl", "curl");
    Tool.orSkip("prometheus", "prometheus");
    SharedDatabase server = SharedDatabase.fresh();
    String said =
        Tool.at(DeployFiles.path("try-it"))
            .run(
                Map.of(
                    "JAVA_HOME", System.getProperty("java.home"),
                    "DISTRIBUTION", Path.of("target/herald").toAbsolutePath().toString(),
                    "CLIENTS", String.valueOf(Tool.freePort()),
                    "ADMIN", String.valueOf(Tool.freePort()),
                    "PROMETHEUS", String.valueOf(Tool.freePort())),
                server.url());
    assertThat(said).contains("Ready for herald serve: 0 failed", "\"message\":\"it works\"");
    Matcher queries = QUERIES.matcher(said);
    assertThat(queries.find()).as(said).isTrue();
    assertThat(Integer.parseInt(queries.group(1))).isEqualTo(Dashboard.expressions("10s").size());
    assertThat(Integer.parseInt(queries.group(2))).isGreaterThan(60);
    assertThat(said).contains("All of it works");
    assertThat(server.query("select count(*) from pg_roles where rolname = 'herald_try'"))
        .isEqualTo("0");
  }
}
