package herald.demo.gateways;

import herald.demo.gateways.GatewayInstance.State;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The gateway instances on the demo's database: each can be killed and started again. One is always
 * left, since what they know of the clients' positions is in their memory alone. Any thread.
 */
public final class GatewayInstances implements AutoCloseable {
  private static final long READY_SECONDS = 60;
  private static final long LOOK_MILLIS = 50;

  private final String databaseUrl;
  private final Consumer<String> output;
  private final List<GatewayInstance> instances = new ArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ExecutorService starters =
      Executors.newCachedThreadPool(new DefaultThreadFactory("demo-instances", true));

  /**
   * Starts an instance for each address, and waits for none.
   *
   * @param databaseUrl with user and password
   * @param admins where they serve metrics and probes
   * @param output is given each line that they write
   */
  public GatewayInstances(
      String databaseUrl, List<InetSocketAddress> admins, Consumer<String> output) {
    this.databaseUrl = databaseUrl;
    this.output = output;
    for (InetSocketAddress admin : admins) {
      instances.add(new GatewayInstance(instances.size() + 1, admin));
    }
    instances.forEach(GatewayInstance::onStarting);
    instances.forEach(instance -> starters.execute(() -> run(instance)));
  }

  /** All of them in the order of their numbers. */
  public List<GatewayInstance> all() {
    return List.copyOf(instances);
  }

  /** The instance with this number; null if there is none. */
  public @Nullable GatewayInstance find(int number) {
    return number < 1 || number > instances.size() ? null : instances.get(number - 1);
  }

  /** Has this run whenever the state of an instance has changed. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Waits until all are ready. */
  public void awaitReady() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (!instances.stream().allMatch(GatewayInstance::isReady)) {
      for (GatewayInstance instance : instances) {
        if (instance.state() == State.KILLED) {
          throw new IllegalStateException(
              "gateway instance " + instance.number() + " did not start (see the lines above)");
        }
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(
            "the gateway was not ready within "
                + READY_SECONDS
                + " s (expected: about 3 s; see the lines above)");
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  /**
   * Kills an instance with SIGKILL.
   *
   * @return false if it is not ready, or if no other one is that could take its clients
   */
  public boolean kill(int number) throws InterruptedException {
    synchronized (this) {
      GatewayInstance instance = find(number);
      if (instance == null
          || !instance.isReady()
          || instances.stream().noneMatch(each -> each != instance && each.isReady())) {
        return false;
      }
      instance.kill();
    }
    tell();
    return true;
  }

  /**
   * Starts a killed instance, and does not wait for it.
   *
   * @return false if it runs already
   */
  public boolean bringBack(int number) {
    GatewayInstance instance = find(number);
    synchronized (this) {
      if (instance == null || instance.state() != State.KILLED) {
        return false;
      }
      instance.onStarting();
    }
    tell();
    starters.execute(() -> run(instance));
    return true;
  }

  /** Starts it, and watches it until its end. */
  private void run(GatewayInstance instance) {
    try {
      GatewayProcess process =
          GatewayProcess.start(databaseUrl, instance.admin(), line -> pass(instance, line));
      if (starters.isShutdown()) {
        process.close();
        return;
      }
      instance.onStarted(process);
      while (process.isAlive() && !instance.knowsAll(othersOf(instance))) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
      if (process.isAlive()) {
        instance.onReady();
        tell();
      }
      process.awaitEnd();
    } catch (IOException e) {
      pass(instance, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    instance.onEnded();
    tell();
  }

  /** What it says of its start is said twice, and tells nobody anything here. */
  private void pass(GatewayInstance instance, String line) {
    if (instance.isReady() || !line.contains(" INFO ")) {
      output.accept("instance " + instance.number() + ": " + line);
    }
  }

  private int othersOf(GatewayInstance instance) {
    return (int)
        instances.stream().filter(each -> each != instance && each.state() != State.KILLED).count();
  }

  private void tell() {
    listeners.forEach(Runnable::run);
  }

  @Override
  public void close() {
    starters.shutdownNow();
    instances.parallelStream().forEach(GatewayInstance::close);
  }
}
