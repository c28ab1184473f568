package herald.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.device.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a role that may connect to the database can make an instance keep. */
class ExchangeStateTest {
  private static final long SELF = 1;
  private static final long OTHER = 2;
  private static final int CONNECTIONS = 1_000;
  private static final int MAX_PER_TURN = 20;
  private static final Mark BEGIN = new Mark(SELF, 0, 0, 0, 0);
  private static final ExchangeTimes TIMES =
      new ExchangeTimes(
          0,
          TimeUnit.SECONDS.toNanos(8),
          TimeUnit.SECONDS.toNanos(30),
          0,
          TimeUnit.MINUTES.toNanos(10));

  private final ExchangeState state = new ExchangeState(BEGIN, TIMES, 1_000);

  private void hearOfConnections() {
    List<Entry> all = new ArrayList<>();
    for (int number = 1; number <= CONNECTIONS; number++) {
      all.add(
          new Entry.Put(
              OTHER,
              number,
              number,
              new Device(number, 2, 3, true),
              Entry.State.LAGGING,
              new Mark(OTHER, 1, 0, 0, 0),
              0));
    }
    List<String> bodies = EntryCodec.encode(all);
    for (int i = 0; i < bodies.size(); i++) {
      String part = i == 0 ? "f" : i == bodies.size() - 1 ? "e" : "m";
      state.onMessage("s 2 " + (i + 1) + " " + part + " " + bodies.get(i), 0);
    }
    assertThat(state.peerPositions()).isEqualTo(CONNECTIONS);
  }

  private int messagesOfOneTurn() {
    int messages = 0;
    for (List<String> taken = state.takeMessages(MAX_PER_TURN, 0);
        !taken.isEmpty();
        taken = state.takeMessages(MAX_PER_TURN, 0)) {
      messages += taken.size();
    }
    return messages;
  }

  @Test
  void aQuestionThatIsAskedAgainAndAgainIsAnsweredOnce() {
    hearOfConnections();
    state.onMessage("q 3 1 2", 0);
    int once = messagesOfOneTurn();
    assertThat(once).isGreaterThan(CONNECTIONS / 200);
    for (int i = 0; i < 1_000; i++) {
      state.onMessage("q 3 1 2", 0);
    }
    assertThat(messagesOfOneTurn()).isLessThanOrEqualTo(once + 1);
  }

  @Test
  void questionsWaitUntilEarlierAnswersHaveBeenSent() {
    hearOfConnections();
    state.onMessage("q 3 1 2", 0);
    state.takeMessages(0, 0);
    int first = state.waitingMessages();
    for (int i = 0; i < 100; i++) {
      state.onMessage("q 3 1 2", 0);
      state.takeMessages(0, 0);
    }
    assertThat(state.waitingMessages()).isEqualTo(first);
  }

  /** Whoever makes instances up, and leaves out a message of each, would have all of them asked. */
  @Test
  void nobodyIsAskedWhileManyMessagesWait() {
    state.onMessage("c 2 1 " + EntryCodec.encode(List.of()).get(0), 0);
    for (int i = 0; i < ExchangeState.MAX_BEFORE_ASKING; i++) {
      state.onListening();
    }
    state.onTime(0);
    assertThat(state.waitingMessages()).isEqualTo(ExchangeState.MAX_BEFORE_ASKING);
    state.takeMessages(1, 0);
    state.onTime(0);
    assertThat(state.waitingMessages()).isEqualTo(ExchangeState.MAX_BEFORE_ASKING);
  }

  @Test
  void marksInThisInstancesNameAreBounded() {
    OwnMarks marks = new OwnMarks(TIMES.retentionNanos(), BEGIN);
    for (int i = 1; i <= OwnMarks.MAX_MARKS + 10; i++) {
      marks.add(new Mark(SELF, i, 0, 0, 0), i, 0);
    }
    assertThat(marks.size()).isEqualTo(OwnMarks.MAX_MARKS);
    assertThat(marks.before(1)).as("rather too early").isEqualTo(BEGIN);
    assertThat(marks.before(11).number()).isEqualTo(11);
  }
}
