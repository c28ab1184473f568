package herald.gateway.database;

import herald.gateway.config.DatabaseUrl;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Why none of the hosts of a URL could be used, for one sentence about all of them. */
public final class HostFailures {
  private final List<String> texts = new ArrayList<>();
  private final List<SQLException> failures = new ArrayList<>();

  /** Notes what became of one host. */
  public void add(DatabaseUrl host, SQLException failure) {
    texts.add(host.hosts().get(0) + ": " + DatabaseFailure.text(failure));
    failures.add(failure);
  }

  /**
   * The failure of the only host itself; of several, one that names each. Its SQLSTATE is that of
   * the one that tells most: a server that was reached and was the wrong one.
   */
  public SQLException together() {
    if (failures.size() == 1) {
      return failures.get(0);
    }
    SQLException cause =
        failures.stream()
            .filter(DatabaseFailure::isWrongServer)
            .findFirst()
            .orElseGet(() -> failures.get(0));
    return new SQLException(
        texts.stream().collect(Collectors.joining("; ")), DatabaseFailure.sqlState(cause), cause);
  }
}
