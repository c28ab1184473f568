package herald.demo.page;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The open websockets by the name that each client has given itself. Any thread. */
final class Tunnels {
  private final Map<String, Tunnel> byClient = new ConcurrentHashMap<>();
  private final Set<String> slow = ConcurrentHashMap.newKeySet();

  void opened(String client, Tunnel tunnel) {
    byClient.put(client, tunnel);
    tunnel.setSlow(slow.contains(client));
  }

  void closed(String client, Tunnel tunnel) {
    byClient.remove(client, tunnel);
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
