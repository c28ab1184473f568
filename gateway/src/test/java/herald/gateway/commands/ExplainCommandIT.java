package herald.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Committed;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.platform.RpcLog;
import herald.demo.postgres.SharedDatabase;
import herald.protocol.HashIds;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

@SuppressWarnings("NullAway.Init") // set by start
final class ExplainCommandIT {
  private static final String TEXT = "nobody else's business";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private SharedDatabase database;
  private Community community;
  private Platform platform;
  private PlatformUser alice;
  private PlatformUser bob;
  private PlatformUser carol;

  @BeforeEach
  void start() throws SQLException {
    database = SharedDatabase.fresh();
    community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    bob = community.createUser("bob", "0xb");
    carol = community.createUser("carol", "0xc");
  }

  private int run(Map<String, String> environment, String... options) {
    out.getBuffer().setLength(0);
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("HERALD_DATABASE", database.url());
    CommandLine commandLine = HeraldCommand.commandLine(variables);
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err, true));
    String[] arguments = new String[options.length + 1];
    arguments[0] = "explain";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return commandLine.execute(arguments);
  }

  private List<String> explain(String sig, String... options) {
    String[] all = new String[options.length + 2];
    all[0] = "--sig";
    all[1] = sig;
    System.arraycopy(options, 0, all, 2, options.length);
    assertThat(run(Map.of(), all)).as("%s", err).isZero();
    assertThat(out.toString()).doesNotContain(TEXT);
    return out.toString().lines().toList();
  }

  private static String user(PlatformUser user, String outcome) {
    return "user     %-8s %s".formatted(HashIds.encode(user.userId()), outcome);
  }

  @Test
  void aMessageIsForTheMembersWhoSeeTheChatAndHaveNoBlock() throws Exception {
    PlatformUser dave = community.createUser("dave", "0xd");
    String chat = platform.createChat(alice, bob, carol, dave).subjectId();
    platform.block(dave, alice);
    String sig = platform.message(alice, chat, TEXT).sig();
    // The message has shown the chat to carol again.
    platform.delete(carol, chat);
    assertThat(explain(sig))
        .startsWith(
            "method   chat_message", "outcome  pushed: it is pushed to those whom it concerns")
        .contains(
            user(alice, "not pushed is the sender, and --echo-to-sender is off"),
            user(bob, "pushed     is concerned"),
            user(carol, "not pushed has hidden the chat"),
            user(dave, "not pushed there is a block between this user and the sender"))
        .hasSize(7);
    assertThat(explain(sig, "--echo-to-sender")).contains(user(alice, "pushed     is concerned"));
    assertThat(explain(sig, "--user", HashIds.encode(dave.userId())))
        .hasSize(4)
        .last()
        .asString()
        .endsWith("not pushed there is a block between this user and the sender");
    PlatformUser stranger = community.createUser("stranger", "0xe");
    assertThat(explain(sig, "--user", Integer.toString(stranger.userId())))
        .contains(user(stranger, "not pushed is no member of the chat"));
  }

  @Test
  void aBlastIsForChatsAndForTheRestOfTheAudience() throws Exception {
    community.follow(bob, alice);
    community.follow(carol, alice);
    platform.createChat(alice, bob);
    String sig = platform.blast(alice, BlastAudience.of("follower_audience"), TEXT).sig();
    assertThat(explain(sig))
        .contains("method   chat_blast")
        .contains(
            user(bob, "pushed     gets the blast's message in a chat"),
            user(carol, "pushed     is in the audience, or is the sender"),
            user(alice, "pushed     is in the audience, or is the sender"))
        .hasSize(6);
    PlatformUser stranger = community.createUser("stranger", "0xe");
    assertThat(explain(sig, "--user", HashIds.encode(stranger.userId())))
        .hasSize(4)
        .last()
        .asString()
        .contains("not pushed is not in the audience");
  }

  @Test
  void whatIsPushedToNobodyHasAReason() throws Exception {
    String chat = platform.createChat(alice, bob).subjectId();
    Committed read = platform.read(bob, chat);
    assertThat(explain(read.sig()))
        .contains("method   chat_read")
        .anyMatch(line -> line.startsWith("outcome  not_for_anybody: "))
        .noneMatch(line -> line.startsWith("user"));
    assertThat(run(Map.of("HERALD_ACTOR_EVENTS", "true"), "--sig", read.sig())).isZero();
    assertThat(out.toString().lines()).contains(user(bob, "pushed     is concerned"));
    String stolen =
        "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\"%s\",\"message_id\":\"m\",\"message\":\"%s\"}}"
            .formatted(chat, TEXT);
    platform.append(new RpcLog("stored nothing", stolen, "0xa", platform.now(), platform.now()));
    platform.append(new RpcLog("no rpc", "[]", "0xa", platform.now(), platform.now()));
    platform.append(new RpcLog("no user", stolen, "0xff", platform.now(), platform.now()));
    assertThat(explain("stored nothing"))
        .anyMatch(line -> line.startsWith("outcome  not_stored: "));
    assertThat(explain("no rpc")).anyMatch(line -> line.startsWith("outcome  malformed: "));
    assertThat(explain("no user")).anyMatch(line -> line.startsWith("outcome  unknown_sender: "));
  }

  @Test
  void aRowThatIsMissingOrCanNotBeReadIsSaidToBeSo() throws Exception {
    assertThat(run(Map.of(), "--sig", "not there")).isEqualTo(1);
    assertThat(out.toString())
        .contains("outcome  missing_row: there is no row with this signature on the primary");
    database.execute(
        "insert into rpc_log values"
            + " ('unreadable', '{\"method\":\"chat.read\"}', '0xa', 'bridge', 'infinity', now())");
    assertThat(run(Map.of(), "--sig", "unreadable")).isEqualTo(1);
    assertThat(out.toString())
        .contains("outcome  unreadable: it can't be read, and is pushed to nobody: ", "SQLSTATE");
    assertThat(explain(platform.createChat(alice, bob).sig()))
        .as("what comes after it is read")
        .contains("method   chat_create");
  }

  @Test
  void wrongOptionsAndADatabaseThatIsNotThereAreSaidInOneSentence() {
    assertThat(run(Map.of())).isEqualTo(2);
    assertThat(run(Map.of(), "--sig", "x", "--user", "!")).isEqualTo(2);
    assertThat(run(Map.of(), "--sig", "x", "--database", "postgresql://me@127.0.0.1:1/x"))
        .isEqualTo(1);
    assertThat(err.toString().lines())
        .hasSize(3)
        .anyMatch(line -> line.startsWith("herald: Missing required option: '--sig=SIGNATURE'"))
        .anyMatch(line -> line.equals("herald: --user is '!' (expected: a hash id or a user id)"))
        .anyMatch(line -> line.startsWith("herald: the database can't be asked: "));
  }
}
