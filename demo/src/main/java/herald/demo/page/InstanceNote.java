package herald.demo.page;

import herald.demo.gateways.GatewayInstances;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the open pages are told of the instances: their states, and who is connected to which. */
final class InstanceNote {
  private final GatewayInstances instances;
  private final Tunnels tunnels;

  InstanceNote(GatewayInstances instances, Tunnels tunnels) {
    this.instances = instances;
    this.tunnels = tunnels;
  }

  /** As JSON. Any thread. */
  String asJson() {
    String states =
        instances.all().stream()
            .map(
                instance ->
                    "{\"number\":%d,\"state\":\"%s\"}"
                        .formatted(
                            instance.number(), instance.state().name().toLowerCase(Locale.ROOT)))
            .collect(Collectors.joining(","));
    // The front takes letters, digits and hyphens alone for a name.
    String clients =
        tunnels.instances().entrySet().stream()
            .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
            .collect(Collectors.joining(","));
    return "{\"instances\":[" + states + "],\"clients\":{" + clients + "}}";
  }
}
