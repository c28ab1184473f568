package herald.gateway.faults;

import herald.gateway.deploy.Tool;
import herald.gateway.testing.GatewayProcess;
import java.io.IOException;

/** What is in front of the instances: clients know no other address. */
interface Balancer extends AutoCloseable {
  /** HAProxy where it is installed, else a stand-in without any proxy. */
  static Balancer start() throws IOException, InterruptedException {
    Tool haproxy = Tool.find("haproxy");
    return haproxy == null ? new RoundRobin() : HaProxy.start(haproxy);
  }

  /** The port of 127.0.0.1 for the next connection. Any thread. */
  int port();

  /** Sends clients to this instance too, as soon as it is ready. */
  void add(GatewayProcess gateway) throws IOException;

  /** Sends nobody there any more; open connections stay. */
  void remove(GatewayProcess gateway) throws IOException;

  /** What it is, in a few words. */
  String description();

  @Override
  void close() throws IOException;
}
