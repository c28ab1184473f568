package herald.demo.page;

import herald.demo.gateways.GatewayInstance;
import herald.demo.gateways.GatewayInstances;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which instance a new connection is sent to, as a balancer decides it: each in turn. A client that
 * has given itself a name stays with its instance while that is ready, or until it is moved. Any
 * thread.
 */
final class Routes {
  private static final int MAX_NAMES = 1_000;

  private final GatewayInstances instances;

  /** Guarded by this. */
  private final Map<String, Integer> chosen = new LinkedHashMap<>();

  /** Guarded by this. */
  private int last;

  Routes(GatewayInstances instances) {
    this.instances = instances;
  }

  /** The instance for a new connection; null if none is ready. */
  synchronized @Nullable GatewayInstance choose(String client) {
    GatewayInstance current = instances.find(chosen.getOrDefault(client, 0));
    if (current != null && current.isReady()) {
      return current;
    }
    GatewayInstance next = nextReady(last);
    if (next != null) {
      last = next.number();
      note(client, next);
    }
    return next;
  }

  /**
   * Sends a client to another instance from its next connection on.
   *
   * @return false if no other one is ready
   */
  synchronized boolean move(String client) {
    int from = chosen.getOrDefault(client, 0);
    GatewayInstance next = nextReady(from);
    if (next == null || next.number() == from) {
      return false;
    }
    note(client, next);
    return true;
  }

  private void note(String client, GatewayInstance instance) {
    if (!client.isEmpty()) {
      chosen.remove(client);
      chosen.put(client, instance.number());
      if (chosen.size() > MAX_NAMES) {
        chosen.remove(chosen.keySet().iterator().next());
      }
    }
  }

  /** The first ready one behind this number, in a circle. */
  private @Nullable GatewayInstance nextReady(int number) {
    List<GatewayInstance> all = instances.all();
    for (int i = 0; i < all.size(); i++) {
      GatewayInstance next = all.get((number + i) % all.size());
      if (next.isReady()) {
        return next;
      }
    }
    return null;
  }
}
