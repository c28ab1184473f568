package herald.demo.page;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The open websockets by the name that each client has given itself. Any thread. */
final class Tunnels {
  private final Map<String, Tunnel> byClient = new ConcurrentHashMap<>();
  private final Set<String> slow = ConcurrentHashMap.newKeySet();
  private volatile Runnable listener = () -> {};

  /** Has this run whenever a client comes or goes. */
  void onChange(Runnable change) {
    listener = change;
  }

  void opened(String client, Tunnel tunnel) {
    byClient.put(client, tunnel);
    tunnel.setSlow(slow.contains(client));
    listener.run();
  }

  void closed(String client, Tunnel tunnel) {
    if (byClient.remove(client, tunnel)) {
      listener.run();
    }
  }

  /** The number of each client's instance. */
  Map<String, Integer> instances() {
    Map<String, Integer> instances = new TreeMap<>();
    byClient.forEach((client, tunnel) -> instances.put(client, tunnel.instance()));
    return instances;
  }

  /** Cuts a client's connection; the client may come back at once. */
  void cut(String client) {
    Tunnel tunnel = byClient.get(client);
    if (tunnel != null) {
      tunnel.cut();
    }
  }

  /** Makes a client slow, now and when it comes back, or takes that away. */
  void setSlow(String client, boolean isSlow) {
    if (isSlow) {
      slow.add(client);
    } else {
      slow.remove(client);
    }
    Tunnel tunnel = byClient.get(client);
    if (tunnel != null) {
      tunnel.setSlow(isSlow);
    }
  }
}
