package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.metrics.Meters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
  private final IsolatedFailures failures =
      new IsolatedFailures(new Meters(new SimpleMeterRegistry()).supervision(), () -> 0);
  private final TimerWheel wheel = new TimerWheel(0, new ConnectionFailures(failures));
  private final List<String> calls = new ArrayList<>();

  private final class Timer extends TimedHandler {
    private final String name;
    private long next = Long.MAX_VALUE;
    private @Nullable Error failure;
    private @Nullable RuntimeException onFailure;

    Timer(String name) {
      this.name = name;
    }

    @Override
    long onTime(long nowNanos) {
      calls.add(name + "@" + TimeUnit.NANOSECONDS.toSeconds(nowNanos));
      if (failure != null) {
        throw failure;
      }
      return next;
    }

    @Override
    void onFailure() {
      calls.add(name + " is ended");
      if (onFailure != null) {
        throw onFailure;
      }
      wheel.remove(this);
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
  void whatOneHandlerThrowsCostsThatOneAlone() {
    for (int i = 0; i < 5; i++) {
      Timer timer = new Timer("t" + i);
      timer.failure = i == 2 ? new OutOfMemoryError() : null;
      timer.next = seconds(7);
      wheel.schedule(timer, seconds(2));
    }
    wheel.schedule(new Timer("later"), seconds(5));
    tickUntil(6);
    assertThat(calls).hasSize(7).containsOnlyOnce("t2 is ended").contains("later@5");
    assertThat(failures.count(Place.TIMER)).isEqualTo(1);
    assertThat(wheel.size()).as("the four that go on").isEqualTo(4);
  }

  @Test
  void oneThatCanNotBeEndedIsTriedAgainAndTheWheelGoesOn() {
    Timer stubborn = new Timer("stubborn");
    stubborn.failure = new StackOverflowError();
    stubborn.onFailure = new IllegalStateException();
    wheel.schedule(stubborn, seconds(1));
    wheel.schedule(new Timer("other"), seconds(3));
    tickUntil(4);
    assertThat(calls).contains("other@3").filteredOn("stubborn is ended"::equals).hasSize(4);
    assertThat(failures.count(Place.TIMER)).as("the task, and the end").isEqualTo(8);
    stubborn.failure = null;
    tickUntil(6);
    assertThat(wheel.size()).isZero();
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
      long inside = timers.stream().filter(timer -> timer.slot != TimerWheel.NO_SLOT).count();
      assertThat(inside).isEqualTo(wheel.size());
    }
  }
}
