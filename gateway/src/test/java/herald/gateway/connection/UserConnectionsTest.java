package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.device.Device;
import herald.gateway.fanout.Subscriber;
import herald.gateway.ops.UserConnection;
import herald.gateway.ops.UserStatus;
import herald.gateway.supervision.Place;
import herald.gateway.testing.TestGateway.Eventually;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On an event loop that the test moves. */
class UserConnectionsTest {
  private static final Device DEVICE = new Device(0x5d1f_0a3e_1234_5678L, 2, 3, true);

  private final Wire wire = new Wire();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final UserConnections users =
      new UserConnections(wire.dispatcher, () -> wire.loop.nowNanos(), wire.supervisor.failures());

  @AfterEach
  void finish() {
    wire.finish();
  }

  private void connect() {
    wire.channel
        .pipeline()
        .addLast(
            new ClientConnection(
                wire.loop,
                tasks::add,
                new Subscriber(Wire.USER, DEVICE, Subscriber.NO_AFTER),
                Wire.CLIENT));
    runTasks();
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    wire.settle();
  }

  private UserStatus find() throws Exception {
    CompletableFuture<UserStatus> found = users.find(Wire.USER).toCompletableFuture();
    Eventually.holds("the loop is asked", 20, () -> !tasks.isEmpty() || found.isDone());
    assertThat(found).as("before the loop has answered").isNotDone();
    runTasks();
    return found.get(20, TimeUnit.SECONDS);
  }

  @Test
  void theLoopOfAConnectionDescribesIt() throws Exception {
    wire.publish("before");
    connect();
    wire.pass(3);
    wire.publish("a", "b");
    assertThat(tasks).as("the loop has not been told").isNotEmpty();
    Queue<Runnable> wake = new ConcurrentLinkedQueue<>(tasks);
    tasks.clear();
    UserStatus status = find();
    assertThat(status.connections())
        .containsExactly(
            new UserConnection(
                "203.0.113.0/24", "c-5d1f0a3e", 3_000, "open", "memory", 1, 0, 2, 1, 0, 1, 170));
    assertThat(status.notShown()).isZero();
    assertThat(status.isRemembered()).isFalse();
    assertThat(status.firstPosition()).isZero();
    assertThat(status.nextPosition()).isEqualTo(3);
    wake.forEach(Runnable::run);
    UserConnection woken = find().connections().get(0);
    assertThat(woken.waitingEvents()).isZero();
    assertThat(woken.unconfirmedEvents()).isEqualTo(3);
    assertThat(woken.position()).isEqualTo(3);
  }

  @Test
  void afterTheEndThereIsOnlyWhatIsRemembered() throws Exception {
    connect();
    wire.channel.close();
    runTasks();
    UserStatus status = users.find(Wire.USER).toCompletableFuture().get(20, TimeUnit.SECONDS);
    assertThat(status.connections()).isEmpty();
    assertThat(status.isRemembered()).isTrue();
    assertThat(users.find(1).toCompletableFuture().get(20, TimeUnit.SECONDS).isRemembered())
        .isFalse();
    assertThat(wire.supervisor.failures().count(Place.WALK)).isZero();
  }

  @Test
  void aLoopThatDoesNotAnswerIsLeftOut() throws Exception {
    connect();
    UserStatus status = users.find(Wire.USER).toCompletableFuture().get(20, TimeUnit.SECONDS);
    assertThat(status.connections()).isEmpty();
    assertThat(status.notShown()).isEqualTo(1);
    runTasks();
  }
}
