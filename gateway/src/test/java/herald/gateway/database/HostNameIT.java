package herald.gateway.database;

import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.GatewayProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A name that a container may have and no host of the DNS: both drivers have to look it up. */
class HostNameIT {
  @TempDir private Path directory;

  @Test
  void aHostNameWithAnUnderscoreIsReached() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 herald_db localhost\n");
    String url = database.url().replace("@127.0.0.1:", "@herald_db:1,herald_db:");
    try (GatewayProcess gateway =
        GatewayProcess.serve(url, Map.of("JAVA_TOOL_OPTIONS", "-Djdk.net.hosts.file=" + hosts))) {
      gateway.awaitReady();
    }
  }
}
