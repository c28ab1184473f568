package herald.gateway.faults;

import herald.gateway.testing.GatewayProcess;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends clients to the instances in turns, whether they are ready or not. */
final class RoundRobin implements Balancer {
  private final List<Integer> ports = new CopyOnWriteArrayList<>();
  private final AtomicInteger next = new AtomicInteger();

  @Override
  public int port() {
    Integer[] now = ports.toArray(Integer[]::new);
    return now[Math.floorMod(next.getAndIncrement(), now.length)];
  }

  @Override
  public void add(GatewayProcess gateway) {
    ports.add(gateway.port());
  }

  @Override
  public void remove(GatewayProcess gateway) {
    ports.remove(Integer.valueOf(gateway.port()));
  }

  @Override
  public String description() {
    return "in turns without a proxy, since haproxy is not installed";
  }

  @Override
  public void close() {}
}
