package herald.demo.gateways;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One instance over its lives. Any thread. */
public final class GatewayInstance {
  private final int number;
  private final InetSocketAddress admin;
  private volatile State state = State.STARTING;
  private volatile @Nullable GatewayProcess process;

  /**
   * @param number from 1
   * @param admin where it serves metrics and probes, in each of its lives
   */
  GatewayInstance(int number, InetSocketAddress admin) {
    this.number = number;
    this.admin = admin;
  }

  /** What an instance is good for. */
  public enum State {
    /** It starts, or learns from the others how far their clients have got. */
    STARTING,
    /** It takes clients. */
    READY,
    /** It is being killed. */
    STOPPING,
    /** There is no process. */
    KILLED
  }

  /** From 1. */
  public int number() {
    return number;
  }

  /** What it is good for at the moment. */
  public State state() {
    return state;
  }

  /** Whether clients can be sent to it. */
  public boolean isReady() {
    return state == State.READY;
  }

  /** Where it listens for clients on 127.0.0.1; 0 if it does not. */
  public int port() {
    GatewayProcess current = process;
    return current == null ? 0 : current.port();
  }

  /** Its metrics as Prometheus reads them; empty if it does not answer. */
  public String metrics() {
    GatewayProcess current = process;
    return current == null ? "" : current.metrics();
  }

  /** Where it serves metrics and probes, without a path; empty if it does not. */
  public String adminUrl() {
    GatewayProcess current = process;
    return current == null ? "" : current.adminUrl();
  }

  /**
   * Whether it can take clients: it is ready and knows what the other instances know.
   *
   * @param others how many there are
   */
  boolean knowsAll(int others) {
    GatewayProcess current = process;
    return current != null
        && current.isReady()
        && current.metric("herald_exchange_complete") == 1
        && current.metric("herald_exchange_instances") >= others;
  }

  InetSocketAddress admin() {
    return admin;
  }

  void onStarting() {
    state = State.STARTING;
  }

  void onStarted(GatewayProcess started) {
    process = started;
  }

  void onReady() {
    state = State.READY;
  }

  /** The process is gone, whoever has ended it. */
  void onEnded() {
    process = null;
    state = State.KILLED;
  }

  /** Kills the process; its end is noted when it is gone. */
  void kill() throws InterruptedException {
    GatewayProcess current = process;
    // Nobody is sent to it from now on.
    state = State.STOPPING;
    if (current != null) {
      current.kill();
    }
  }

  void close() {
    GatewayProcess current = process;
    if (current != null) {
      current.close();
    }
  }
}
