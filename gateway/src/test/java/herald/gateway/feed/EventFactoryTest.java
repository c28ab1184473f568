package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.FeedSettings;
import herald.gateway.fanout.Event;
import herald.protocol.MalformedRpcException;
import herald.protocol.ParsedRpc;
import herald.protocol.RpcParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of an rpc log, by what its text says and what is stored. */
class EventFactoryTest {
  private static final int ALICE = 1;
  private static final int BOB = 2;
  private static final int CAROL = 3;

  private final EventFactory factory = new EventFactory(FeedSettings.defaults());

  private static String rpc(String method, String params) {
    return "{\"method\":\"" + method + "\",\"params\":{" + params + "}}";
  }

  private static RpcLog log(String text, @Nullable StoredMessage message, Integer... walletUsers) {
    return log(text, message, Set.of(), walletUsers);
  }

  private static RpcLog log(
      String text,
      @Nullable StoredMessage message,
      Set<Long> blockedPairs,
      Integer... walletUsers) {
    ParsedRpc rpc;
    try {
      rpc = RpcParser.parse(text);
    } catch (MalformedRpcException e) {
      rpc = null;
    }
    return new RpcLog(
        "sig", 1, text, rpc, 0, 0, List.of(walletUsers), message, blockedPairs, System.nanoTime());
  }

  private static StoredMessage stored(@Nullable String text, StoredMessage.Reaction... reactions) {
    return new StoredMessage(
        "m", "stored chat", ALICE, text, List.of(ALICE, BOB), List.of(CAROL), List.of(reactions));
  }

  private Event pushed(RpcLog log) {
    EventFactory.Decision decision = factory.decide(log);
    assertThat(decision).isInstanceOf(EventFactory.Decision.Push.class);
    return ((EventFactory.Decision.Push) decision).event();
  }

  private void assertNothing(RpcLog log, Outcome outcome) {
    assertThat(factory.decide(log))
        .isInstanceOfSatisfying(
            EventFactory.Decision.Nothing.class,
            nothing -> assertThat(nothing.outcome()).isEqualTo(outcome));
  }

  private static String text(Event event) {
    return new String(event.encoded().head(), StandardCharsets.UTF_8);
  }

  @Test
  void aMessageIsPushedAsItIsStored() {
    String signed =
        rpc("chat.message", "\"chat_id\":\"signed\",\"message_id\":\"m\",\"is_plaintext\":true");
    Event event = pushed(log(signed, stored("words"), ALICE));
    assertThat(text(event))
        .contains("\"chat_id\":\"stored chat\"")
        .contains("\"message\":\"words\"")
        .contains("\"is_plaintext\":false");
    assertThat(event.audience().contains(BOB)).isTrue();
    assertThat(event.audience().contains(ALICE)).isFalse();
    assertThat(event.audience().contains(CAROL)).as("from whom the chat is hidden").isFalse();
  }

  @Test
  void whatIsNotStoredIsNotPushed() {
    String signed = rpc("chat.message", "\"message_id\":\"m\"");
    assertNothing(log(signed, null, ALICE), Outcome.NOT_STORED);
    assertNothing(log(signed, stored(null), ALICE), Outcome.NOT_STORED);
    assertNothing(log(signed, stored("words"), BOB), Outcome.NOT_STORED);
    assertNothing(log(signed, stored("words")), Outcome.UNKNOWN_SENDER);
  }

  @Test
  void theMethodIsThatOfTheServersReading() {
    String both =
        "{\"method\":\"chat.message\",\"Method\":\"chat.read\",\"params\":{\"message_id\":\"m\"}}";
    assertNothing(log(both, stored("words"), ALICE), Outcome.NOT_FOR_ANYBODY);
    String upper = "{\"METHOD\":\"chat.message\",\"Params\":{\"Message_ID\":\"m\"}}";
    assertThat(text(pushed(log(upper, stored("words"), ALICE)))).contains("words");
  }

  @Test
  void aReactionIsPushedIfItIsTheStoredOne() {
    String signed = rpc("chat.react", "\"message_id\":\"m\",\"reaction\":\"signed\"");
    StoredMessage.Reaction own = new StoredMessage.Reaction(BOB, "stored");
    Event event = pushed(log(signed, stored(null, own), BOB));
    assertThat(text(event)).contains("\"reaction\":\"stored\"").contains("stored chat");
    assertThat(event.audience().contains(ALICE)).isTrue();
    StoredMessage.Reaction newer = new StoredMessage.Reaction(BOB, null);
    assertNothing(log(signed, stored(null, newer), BOB), Outcome.NOT_STORED);
    assertNothing(log(signed, stored(null), BOB), Outcome.NOT_STORED);
    assertNothing(log(signed, stored(null, own), 9), Outcome.NOT_STORED);
  }

  @Test
  void aReactionThatIsTakenBackIsNullIfNoneIsStored() {
    String signed = rpc("chat.react", "\"message_id\":\"m\",\"reaction\":null");
    assertThat(text(pushed(log(signed, stored(null), CAROL)))).contains("\"reaction\":null");
    StoredMessage.Reaction newer = new StoredMessage.Reaction(CAROL, null);
    assertNothing(log(signed, stored(null, newer), CAROL), Outcome.NOT_STORED);
    assertNothing(log(signed, stored(null), 9), Outcome.NOT_STORED);
    assertNothing(log(signed, null, CAROL), Outcome.NOT_STORED);
  }

  @Test
  void whoIsBlockedGetsNothing() {
    String signed = rpc("chat.message", "\"message_id\":\"m\"");
    long bobBlocksAlice = (long) BOB << 32 | ALICE;
    Event event = pushed(log(signed, stored("words"), Set.of(bobBlocksAlice), ALICE));
    assertThat(event.audience().isEmpty()).isTrue();
  }

  @Test
  void anIdThatCanNotBeStoredIsLookedForNowhere() {
    assertNothing(
        log(rpc("chat.blast", "\"blast_id\":\"\\u0000\""), null, ALICE), Outcome.UNKNOWN_BLAST);
    assertNothing(
        log(rpc("chat.create", "\"chat_id\":\"\\u0000\""), null, ALICE), Outcome.UNKNOWN_CHAT);
    assertNothing(log("[]", null, ALICE), Outcome.MALFORMED);
    assertNothing(log("{}", null, ALICE), Outcome.MALFORMED);
    assertNothing(log(rpc("x", ""), null), Outcome.UNKNOWN_METHOD);
  }
}
