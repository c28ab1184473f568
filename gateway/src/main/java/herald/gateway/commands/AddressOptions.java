package herald.gateway.commands;

import herald.gateway.config.HostPort;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Where the gateway listens. */
@Command(optionListHeading = "%nAddresses:%n")
final class AddressOptions {

  @Option(
      names = "--bind",
      paramLabel = "HOST:PORT",
      description = "The address at which clients connect.")
  private String bind = "0.0.0.0:8080";

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      description =
          "The address for operators: / (live page), /status, /status?user=HASHID, /metrics,"
              + " /livez, /readyz, /log-level and POST /drain.")
  private String admin = "127.0.0.1:9090";

  /** The address at which clients connect. */
  HostPort clients() {
    return HostPort.parse(bind);
  }

  /** The address for operators. */
  HostPort operators() {
    return HostPort.parse(admin);
  }
}
