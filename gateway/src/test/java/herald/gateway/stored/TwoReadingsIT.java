package herald.gateway.stored;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.api.SignedRpcs;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.platform.RpcLog;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.HashIds;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts that say one thing to the platform's API server and another to a plain parser, or that
 * changed nothing. Alice and Bob share a chat, Carol and Dave another; Alice signs.
 */
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
final class TwoReadingsIT {
  private static final String END = "the end";
  private static final String TEXT = "'message_id':'m','message':'hello'";

  private Community community;
  private Platform platform;
  private SignedRpcs rpcs;
  private TestGateway gateway;
  private PlatformUser alice;
  private PlatformUser bob;
  private PlatformUser carol;
  private PlatformUser dave;
  private TestClient atAlice;
  private TestClient atBob;
  private TestClient atCarol;
  private TestClient atDave;
  private String own;
  private String others;

  @BeforeEach
  void start() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    rpcs = new SignedRpcs(platform);
    gateway = TestGateway.start(database.url());
    WalletKey[] keys = new WalletKey[4];
    PlatformUser[] users = new PlatformUser[4];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = WalletKey.random(new SecureRandom());
      users[i] = community.createUser("user" + i, keys[i].wallet());
    }
    alice = users[0];
    bob = users[1];
    carol = users[2];
    dave = users[3];
    own = platform.createChat(alice, bob).subjectId();
    others = platform.createChat(carol, dave).subjectId();
    atAlice = TestClient.connect(gateway.port(), keys[0]);
    atBob = TestClient.connect(gateway.port(), keys[1]);
    atCarol = TestClient.connect(gateway.port(), keys[2]);
    atDave = TestClient.connect(gateway.port(), keys[3]);
    Eventually.holds("all are in", 20, () -> gateway.metric("herald_cursors") == 4);
  }

  @AfterEach
  void stop() throws Exception {
    for (TestClient client : List.of(atAlice, atBob, atCarol, atDave)) {
      client.close();
    }
    gateway.close();
  }

  @Test
  void aMessageGoesToTheChatWhereItIsStored() throws Exception {
    apply(
        "'method':'chat.message','params':{'chat_id':'%s','Chat_ID':'%s',%s}"
            .formatted(others, own, TEXT));
    assertOnlyBobGets("'chat_id':'" + own + "'", "'message_id':'m'", "'message':'hello'");
  }

  @Test
  void aMethodThatTheServerDoesNotReadPushesNothing() throws Exception {
    apply(
        "'method':'chat.message','Method':'chat.read','params':{'chat_id':'%s','Chat_ID':'%s',%s}"
            .formatted(others, own, TEXT));
    assertNobodyGetsAnything();
  }

  @Test
  void aReactionGoesToTheChatOfItsMessage() throws Exception {
    String message = platform.message(alice, own, "to react to").subjectId();
    atBob.awaitMessage(message);
    apply(
        ("'method':'chat.react','params':{'chat_id':'%s','Chat_ID':'%s','message_id':'%s',"
                + "'reaction':'fire'}")
            .formatted(others, own, message));
    assertThat(gotUntilEnd(atBob)).hasSize(2);
    assertHolds(gotUntilEnd(atBob).get(1), "'chat_id':'" + own + "'", "'reaction':'fire'");
    assertThat(gotUntilEnd(atCarol)).isEmpty();
    assertThat(gotUntilEnd(atDave)).isEmpty();
  }

  @Test
  void aReactionThatTheServerDoesNotReadPushesNothing() throws Exception {
    apply(
        ("'method':'chat.react','Method':'chat.read','params':{'chat_id':'%s','Chat_ID':'%s',"
                + "'message_id':'m','reaction':'fire'}")
            .formatted(others, own));
    assertNobodyGetsAnything();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'Method':'chat.message','params':{'chat_id':'%s',%s}",
        "'method':'chat.message','params':{'Chat_ID':'%s',%s}",
        "'method':'chat.message','PARAMS':{'chat_id':'%s',%s}",
        "'method':'chat.message','param\u017f':{'\\u0063hat_id':'%s',%s}",
        "'method':'chat.message','params':{'chat_id':'%s',%s},'Method':null",
        // A name that is no well-formed UTF-16, which some parsers refuse.
        "'\\ud800':1,'method':'chat.message','params':{'chat_id':'%s',%s}"
      })
  void aStoredMessageArrivesWhateverTheNamesLookLike(String text) throws Exception {
    apply(text.formatted(own, TEXT));
    assertOnlyBobGets("'chat_id':'" + own + "'", "'message_id':'m'", "'message':'hello'");
  }

  @Test
  void aStoredMessageArrivesWhateverElseIsInTheText() throws Exception {
    String deep = "[".repeat(9_990) + "]".repeat(9_990);
    apply(
        ("'x':" + deep + ",'method':'chat.message','params':{'chat_id':'%s',%s}")
            .formatted(own, TEXT));
    assertOnlyBobGets("'chat_id':'" + own + "'", "'message_id':'m'", "'message':'hello'");
  }

  @Test
  void aMessageOfOnesOwnIsNoPlaintext() throws Exception {
    apply(
        "'method':'chat.message','params':{'chat_id':'%s',%s,'is_plaintext':true}"
            .formatted(own, TEXT));
    assertOnlyBobGets("'is_plaintext':false");
  }

  @Test
  void aBlastThatIsThereAlreadyPushesNothing() throws Exception {
    community.follow(carol, alice);
    String blast =
        "'method':'chat.blast','params':{'blast_id':'b','audience':'follower_audience',"
            + "'message':'%s'}";
    apply(blast.formatted("first"));
    atCarol.awaitMessage("first");
    apply(blast.formatted("second"));
    assertThat(gotUntilEnd(atCarol)).hasSize(1);
    assertThat(gotUntilEnd(atAlice)).hasSize(1);
    assertHolds(gotUntilEnd(atAlice).get(0), "'message':'first'");
  }

  @Test
  void aBlastComesIntoANewChatAtItsOwnTime() throws Exception {
    community.follow(carol, alice);
    RpcLog log =
        apply(
            "'method':'chat.blast','params':{'blast_id':'b','audience':'follower_audience',"
                + "'message':'first'}");
    atCarol.awaitMessage("first");
    String chat =
        HashIds.encode(alice.userId()).compareTo(HashIds.encode(carol.userId())) < 0
            ? HashIds.encode(alice.userId()) + ":" + HashIds.encode(carol.userId())
            : HashIds.encode(carol.userId()) + ":" + HashIds.encode(alice.userId());
    apply(
        "'method':'chat.create','params':{'chat_id':'%s','invites':[{'user_id':'%d'}]}"
            .formatted(chat, carol.userId()));
    String time = log.relayedAt().toString().replaceAll("0+$", "");
    assertHolds(
        atCarol.awaitMessage("b" + chat), "'timestamp':'" + time + "Z'", "'message':'first'");
    assertThat(gotUntilEnd(atAlice)).hasSize(1);
  }

  @Test
  void aReactionThatIsOlderThanTheStoredOnePushesNothing() throws Exception {
    String message = platform.message(bob, own, "to react to").subjectId();
    LocalDateTime time = platform.now();
    String reaction =
        "'method':'chat.react','params':{'chat_id':'" + own + "','message_id':'%s','reaction':%s}";
    applyAt(time, reaction.formatted(message, "'newer'"));
    atBob.awaitMessage("newer");
    applyAt(time.minusSeconds(5), reaction.formatted(message, "'older'"));
    applyAt(time.minusSeconds(5), reaction.formatted(message, "null"));
    assertOnlyBobGets("'reaction':'newer'");
  }

  private RpcLog apply(String members) throws Exception {
    return applyAt(platform.now(), members);
  }

  /** Applies these members, with quotes for apostrophes; the server has to store them. */
  private RpcLog applyAt(LocalDateTime relayedAt, String members) throws Exception {
    return rpcs.apply(alice, ("{" + members + "}").replace('\'', '"'), relayedAt).orElseThrow();
  }

  private void assertOnlyBobGets(String... members) throws Exception {
    assertThat(gotUntilEnd(atBob)).hasSize(1);
    assertHolds(gotUntilEnd(atBob).get(0), members);
    assertThat(gotUntilEnd(atCarol)).isEmpty();
    assertThat(gotUntilEnd(atDave)).isEmpty();
  }

  private void assertNobodyGetsAnything() throws Exception {
    for (TestClient client : List.of(atAlice, atBob, atCarol, atDave)) {
      assertThat(gotUntilEnd(client)).isEmpty();
    }
  }

  private static void assertHolds(String event, String... members) {
    for (String member : members) {
      assertThat(event).contains(member.replace('\'', '"'));
    }
  }

  /** What a client has got when everybody has got a message that was committed after all else. */
  private List<String> gotUntilEnd(TestClient client) throws Exception {
    if (client.received().stream().noneMatch(event -> event.contains(END))) {
      platform.message(alice, own, END);
      platform.message(bob, own, END);
      platform.message(carol, others, END);
      platform.message(dave, others, END);
    }
    client.awaitMessage(END);
    return client.received().stream().filter(event -> !event.contains(END)).toList();
  }
}
