package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.ConnectionSettings;
import herald.gateway.config.DrainSettings;
import herald.gateway.connection.Wire.Frame;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Subscriber;
import herald.gateway.supervision.Place;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class DrainTest {
  private static final int DELAY_SECONDS = 5;
  private static final int PERIOD_SECONDS = 10;
  private static final int TIMEOUT_SECONDS = 30;
  private static final DrainSettings SETTINGS =
      DrainSettings.builder()
          .delay(Duration.ofSeconds(DELAY_SECONDS))
          .period(Duration.ofSeconds(PERIOD_SECONDS))
          .confirmTimeout(Duration.ofSeconds(2))
          .timeout(Duration.ofSeconds(TIMEOUT_SECONDS))
          .build();

  private final Wire wire = new Wire(ConnectionSettings.defaults(), SETTINGS);
  private final List<EmbeddedChannel> channels = new ArrayList<>();
  private final List<EmbeddedChannel> told = new ArrayList<>();
  private boolean listening = true;
  private long nowNanos;
  private final Executor loop = Runnable::run;
  private final Drain drain =
      new Drain(
          SETTINGS,
          () -> nowNanos,
          Map.of(loop, wire.loop),
          () -> (int) channels.stream().filter(EmbeddedChannel::isOpen).count(),
          () -> listening = false,
          wire.loop.failures());

  @AfterEach
  void finish() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    wire.finish();
  }

  private void connect(int count) {
    for (int i = 0; i < count; i++) {
      EmbeddedChannel channel = new EmbeddedChannel();
      channel
          .pipeline()
          .addLast(
              new ClientConnection(
                  wire.loop, channel.eventLoop(), Subscriber.of(i + 1), Wire.CLIENT));
      channels.add(channel);
    }
    wire.settle();
    channels.forEach(EmbeddedChannel::runPendingTasks);
  }

  /** Steps at least once a second until then. */
  private void stepAt(double seconds) {
    long untilNanos = (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    while (untilNanos - nowNanos > TimeUnit.SECONDS.toNanos(1)) {
      nowNanos += TimeUnit.SECONDS.toNanos(1);
      drain.step();
    }
    nowNanos = untilNanos;
    drain.step();
  }

  private void standStillUntil(double seconds) {
    nowNanos = (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    drain.step();
  }

  /** How many have been sent a close frame with 1001. */
  private int closed() {
    for (EmbeddedChannel channel : channels) {
      for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
        for (Frame frame : Frame.all(sent.toString(StandardCharsets.ISO_8859_1))) {
          if (frame.opcode() == Frames.OPCODE_CLOSE) {
            assertThat(frame.closeCode()).isEqualTo(1001);
            told.add(channel);
          }
        }
        sent.release();
      }
    }
    return told.size();
  }

  @Test
  void waitsForTheBalancerThenSpreadsTheCloses() {
    connect(10);
    stepAt(0);
    stepAt(4.9);
    assertThat(listening).isTrue();
    assertThat(closed()).isZero();
    stepAt(5);
    assertThat(listening).isFalse();
    assertThat(closed()).isEqualTo(1);
    stepAt(10);
    assertThat(closed()).isEqualTo(6);
    stepAt(14.9);
    assertThat(closed()).isEqualTo(10);
    assertThat(drain.gone()).isNotCompleted();
    channels.forEach(EmbeddedChannel::close);
    stepAt(15);
    assertThat(drain.gone()).isCompleted();
  }

  @Test
  void hastenedItLeavesOutWhatItWouldWaitFor() {
    connect(10);
    stepAt(0);
    drain.hasten();
    stepAt(0.1);
    assertThat(listening).isFalse();
    assertThat(closed()).isEqualTo(10);
  }

  @Test
  void cutsOffWhoeverIsLeftAtTheDeadline() {
    connect(2);
    stepAt(0);
    stepAt(DELAY_SECONDS);
    stepAt(DELAY_SECONDS + PERIOD_SECONDS);
    stepAt(TIMEOUT_SECONDS - 0.1);
    assertThat(channels).allMatch(EmbeddedChannel::isOpen);
    stepAt(TIMEOUT_SECONDS);
    assertThat(channels).noneMatch(EmbeddedChannel::isOpen);
    assertThat(drain.gone()).isCompleted();
  }

  @Test
  void oneThatCanNotBeLetGoInOrderIsCutOffAndTheOthersAreLetGo() throws Exception {
    connect(10);
    RoaringBitmap users =
        new RoaringBitmap() {
          private static final long serialVersionUID = 1;

          @Override
          public boolean contains(int user) {
            if (user == 4) {
              throw new IllegalStateException();
            }
            return false;
          }
        };
    // Nobody has been woken for it yet when the drain looks at what still waits.
    wire.publishUnseen(Audience.of(users));
    stepAt(0);
    drain.hasten();
    stepAt(0.1);
    assertThat(wire.supervisor.failures().count(Place.DRAIN)).isEqualTo(1);
    assertThat(channels).filteredOn(channel -> !channel.isOpen()).hasSize(1);
    assertThat(closed()).isEqualTo(9);
    assertThat(wire.counts.ends(CloseReason.FAILED)).isEqualTo(1);
  }

  @Test
  void aLoopThatTakesNoTaskDoesNotKeepTheDrainFromItsEnd() {
    Executor dead =
        task -> {
          throw new RejectedExecutionException();
        };
    Wire other = new Wire(ConnectionSettings.defaults(), SETTINGS);
    connect(2);
    Drain withADeadLoop =
        new Drain(
            SETTINGS,
            () -> nowNanos,
            Map.of(dead, other.loop, loop, wire.loop),
            channels::size,
            () -> {
              throw new IllegalStateException();
            },
            wire.loop.failures());
    for (int second = 1; second <= TIMEOUT_SECONDS; second++) {
      nowNanos = TimeUnit.SECONDS.toNanos(second);
      withADeadLoop.step();
    }
    assertThat(channels).noneMatch(EmbeddedChannel::isOpen);
    assertThat(withADeadLoop.gone()).isCompleted();
    assertThat(wire.supervisor.failures().count(Place.DRAIN)).isPositive();
    other.finish();
  }

  @Test
  void withNobodyThereItEndsWithTheDelay() {
    stepAt(0);
    assertThat(drain.gone()).isNotCompleted();
    stepAt(DELAY_SECONDS);
    assertThat(drain.gone()).isCompleted();
  }

  @Test
  void aStandstillTakesNothingOfItsTimes() {
    connect(10);
    stepAt(3);
    standStillUntil(100);
    assertThat(listening).as("two seconds of the delay are left").isTrue();
    stepAt(102);
    assertThat(listening).isFalse();
    assertThat(closed()).isEqualTo(1);
    standStillUntil(200);
    assertThat(closed()).as("one second of the period has passed").isLessThan(3);
    assertThat(drain.gone()).isNotDone();
    stepAt(210);
    assertThat(closed()).isEqualTo(10);
    assertThat(drain.gone()).as("the drain's own time").isNotDone();
    stepAt(226);
    assertThat(drain.gone()).isDone();
  }
}
