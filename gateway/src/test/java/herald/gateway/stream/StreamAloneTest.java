package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.fanout.Event;
import herald.gateway.fanout.RowOrder;
import herald.gateway.metrics.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StreamAloneTest {
  private static final long NOW_SECONDS = 10_000;

  private final List<Event> log = new ArrayList<>();
  private final StreamAlone output =
      new StreamAlone(
          new EventLogAccess() {
            @Override
            public void publish(List<Event> events) {
              log.addAll(events);
            }

            @Override
            public void publishPast(List<Event> events, long appendedAtNanos) {
              log.addAll(events);
            }

            @Override
            public void onBesideWithoutEvents(RowOrder row) {}

            @Override
            public void forEach(Consumer<Event> each) {
              log.forEach(each);
            }
          },
          new Meters(new SimpleMeterRegistry()).stream(),
          () -> Instant.ofEpochSecond(NOW_SECONDS));

  private List<Integer> numbers() {
    return log.stream().map(event -> event.row().xid()).toList();
  }

  private void mark(Duration afterTheLoss) {
    output.onMark(SwitchModel.mark(1, NOW_SECONDS + afterTheLoss.toSeconds()));
  }

  @Test
  void whatRelaysPublishAgainMinutesAfterTheLossIsLeftOut() {
    output.publish(SwitchModel.events(1, 2, 3));
    output.onRewound();
    output.publish(SwitchModel.events(3, 4));
    // A relay that started after the loss reads again from minutes before, once a standby is
    // promoted, when others have said marks already.
    mark(Duration.ofMinutes(9));
    output.publish(SwitchModel.events(1, 2, 3, 5));
    assertThat(numbers()).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void anEventsIdIsNotKeptForever() {
    output.publish(SwitchModel.events(1));
    output.onRewound();
    mark(Duration.ofMinutes(16));
    output.publish(SwitchModel.events(1));
    assertThat(numbers()).containsExactly(1, 1);
  }

  @Test
  void whatWasStampedAheadIsLeftOutWhenARelayFindsItsRowByItsTime() {
    mark(Duration.ZERO);
    output.publish(SwitchModel.applied(NOW_SECONDS + Duration.ofMinutes(19).toSeconds(), 1));
    mark(Duration.ofMinutes(18));
    // The stream has forgotten it, all relays have begun anew, and a standby has been promoted.
    output.publish(SwitchModel.applied(NOW_SECONDS + Duration.ofMinutes(19).toSeconds(), 1, 2));
    assertThat(numbers()).containsExactly(1, 2);
  }

  @Test
  void whatWasReadBeforeTheFirstMarkIsTakenForStampedAhead() {
    output.publishPast(SwitchModel.applied(NOW_SECONDS + 60, 1), 0);
    mark(Duration.ZERO);
    mark(Duration.ofMinutes(1));
    output.publish(SwitchModel.applied(NOW_SECONDS + 60, 1, 2));
    assertThat(numbers()).containsExactly(1, 2);
  }
}
