package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.metrics.Meters;
import herald.gateway.supervision.IsolatedFailures;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
  private final IsolatedFailures failures =
      new IsolatedFailures(new Meters(new SimpleMeterRegistry()).supervision(), () -> 0);
  private final TimerWheel wheel = new TimerWheel(0, new ConnectionFailures(failures));
  private final List<String> calls = new ArrayList<>();

  private final class Timer extends TimedHandler {
    private final String name;
    private long next = Long.MAX_VALUE;

    Timer(String name) {
      this.name = name;
    }

    @Override
    long onTime(long nowNanos) {
      calls.add(name + "@" + TimeUnit.NANOSECONDS.toSeconds(nowNanos));
      return next;
    }

    @Override
    void drain(long confirmDeadlineNanos) {
      wheel.remove(this);
    }

    @Override
    void abort() {
      wheel.remove(this);
    }

    @Override
    public void onFailure() {
      calls.add(name + " has failed");
    }
  }

  private static long seconds(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  private void tickUntil(long second) {
    for (long now = 0; now <= second; now++) {
      wheel.tick(seconds(now));
    }
  }

  @Test
  void callsEachWithinASecondOfItsTime() {
    wheel.schedule(new Timer("a"), seconds(5));
    wheel.schedule(new Timer("b"), seconds(2));
    wheel.schedule(new Timer("far"), seconds(200));
    tickUntil(300);
    assertThat(calls).hasSize(3);
    for (String call : calls) {
      String[] parts = call.split("@", 2);
      long due = parts[0].equals("a") ? 5 : parts[0].equals("b") ? 2 : 200;
      assertThat(Long.parseLong(parts[1])).isBetween(due, due + 1);
    }
    assertThat(wheel.size()).isZero();
  }

  @Test
  void movesAHandlerThatIsDueEarlierAndNoOther() {
    Timer timer = new Timer("a");
    wheel.schedule(timer, seconds(10));
    wheel.schedule(timer, seconds(20));
    wheel.schedule(timer, seconds(3));
    assertThat(wheel.size()).isEqualTo(1);
    tickUntil(30);
    assertThat(calls).hasSize(1).first().asString().matches("a@[34]");
  }

  @Test
  void callsAgainWhenAsked() {
    Timer timer = new Timer("a");
    timer.next = seconds(7);
    wheel.schedule(timer, seconds(2));
    for (long now = 0; now <= 9; now++) {
      wheel.tick(seconds(now));
      if (!calls.isEmpty() && calls.size() > 1) {
        timer.next = Long.MAX_VALUE;
      }
    }
    assertThat(calls.get(0)).matches("a@[23]");
    assertThat(calls.get(1)).matches("a@[78]");
  }

  @Test
  void forEachReachesAllThoughTheyLeave() {
    for (int i = 0; i < 500; i++) {
      wheel.schedule(new Timer("t" + i), seconds(i % 90));
    }
    wheel.forEach(TimedHandler::abort);
    assertThat(wheel.size()).isZero();
    tickUntil(100);
    assertThat(calls).isEmpty();
  }

  @Test
  void staysConsistentUnderRandomUse() {
    Random random = new Random(42);
    List<Timer> timers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      timers.add(new Timer("t" + i));
    }
    for (long now = 0; now < 2_000; now++) {
      for (int i = 0; i < 20; i++) {
        Timer timer = timers.get(random.nextInt(timers.size()));
        if (random.nextInt(3) == 0) {
          wheel.remove(timer);
        } else {
          wheel.schedule(timer, seconds(now + random.nextInt(120)));
        }
      }
      wheel.tick(seconds(now));
      int[] count = {0};
      wheel.forEach(handler -> count[0]++);
      assertThat(count[0]).isEqualTo(wheel.size());
      long inside = timers.stream().filter(timer -> timer.slot != TimerWheel.NO_SLOT).count();
      assertThat(inside).isEqualTo(wheel.size());
    }
  }
}
