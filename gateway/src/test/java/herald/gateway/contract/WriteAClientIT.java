package herald.gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.deploy.Tool;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clients of docs/write-a-client.md, as they stand there, against a real gateway. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
class WriteAClientIT {
  private static final long DEADLINE_SECONDS = 60;

  /** What decides by the close code, and what takes an event, are called without a gateway. */
  private static final Map<ClientPage.Language, String> CHECKS =
      Map.of(
          ClientPage.Language.JAVASCRIPT,
          """
          import { Client, delayAfter } from './herald.mjs'
          const show = (...words) => console.log(...words)
          for (const code of %s) show(code, delayAfter(code, 1) === null ? 'stop' : 'again')
          show('twice', delayAfter(4401, 2) === null ? 'stop' : 'again')
          const client = new Client({ onEvent: ({ metadata }) => show('event', metadata.id), onGap: () => show('gap') })
          for (const id of ['a', 'b', 'a', 'b']) client.receive({ rpc: { method: 'x' }, metadata: { id } })
          client.receive({ rpc: { method: 'gateway.gap', params: {} }, metadata: {} })
          show('last', client.last)
          """,
          ClientPage.Language.PYTHON,
          """
          from herald import Client, delay_after
          for code in %s:
              print(code, "stop" if delay_after(code, 1) is None else "again")
          print("twice", "stop" if delay_after(4401, 2) is None else "again")
          client = Client("", "", lambda event: print("event", event["metadata"]["id"]), lambda gap: print("gap"))
          for id in ["a", "b", "a", "b"]:
              client.receive({"rpc": {"method": "x"}, "metadata": {"id": id}})
          client.receive({"rpc": {"method": "gateway.gap", "params": {}}, "metadata": {}})
          print("last", client.last)
          """);

  private Path folder;
  private ClientPage page;
  private SharedDatabase database;
  private Community community;
  private Platform platform;
  private TestGateway gateway;
  private TestGateway plain;
  private int handles;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    page = new ClientPage(folder);
    database = SharedDatabase.fresh();
    community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    gateway =
        TestGateway.start(
            TestGateway.config(database.url()).toBuilder()
                .handshakes(HandshakeSettings.builder().refuseWithClose(true).build())
                .build());
    plain = TestGateway.start(database.url());
  }

  @AfterAll
  void stop() {
    if (gateway != null) {
      gateway.close();
      plain.close();
    }
  }

  /** A running client of the page. */
  private final class Program implements AutoCloseable {
    private final Path output;
    private final Process process;

    Program(ClientPage.Language language, int port, WalletKey key, String... more)
        throws IOException {
      output = Files.createTempFile(folder, "client", ".out");
      List<Object> arguments = new ArrayList<>();
      arguments.add(folder.resolve(language.main()));
      arguments.add("ws://127.0.0.1:" + port);
      arguments.add(key.toHex());
      arguments.addAll(List.of(more));
      process = page.interpreter(language).start(output, arguments.toArray());
    }

    String said() {
      try {
        return Files.readString(output);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void awaitSaid(String text) throws InterruptedException {
      Eventually.holds(
          "a client says " + text + ": " + output,
          DEADLINE_SECONDS,
          () -> said().contains(text) || !process.isAlive());
      assertThat(said()).contains(text);
    }

    int awaitEnd() throws InterruptedException {
      assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).as(said()).isTrue();
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private PlatformUser user(WalletKey key) throws Exception {
    return community.createUser("user" + ++handles, key.wallet());
  }

  private static WalletKey key() {
    return WalletKey.random(new SecureRandom());
  }

  private void awaitOpen(int connections) throws InterruptedException {
    Eventually.holds(
        "the client is connected",
        DEADLINE_SECONDS,
        () -> gateway.metric("herald_cursors") == connections);
  }

  @ParameterizedTest
  @EnumSource(ClientPage.Language.class)
  void eachEventIsReceivedOnceWhateverHappensToTheConnection(ClientPage.Language language)
      throws Exception {
    page.interpreter(language);
    WalletKey key = key();
    PlatformUser writer = user(key());
    String chat = platform.createChat(writer, user(key)).subjectId();
    List<String> messages = new ArrayList<>();
    try (TcpProxy proxy = new TcpProxy(gateway.port());
        Program client = new Program(language, proxy.port(), key)) {
      awaitOpen(1);
      for (int round = 0; round < 3; round++) {
        messages.add(platform.message(writer, chat, "live").subjectId());
        client.awaitSaid(messages.get(messages.size() - 1));
        proxy.cut();
        messages.add(platform.message(writer, chat, "while it was away").subjectId());
        client.awaitSaid(messages.get(messages.size() - 1));
      }
      List<String> received =
          client.said().lines().map(line -> line.substring(line.lastIndexOf(' ') + 1)).toList();
      assertThat(received).isEqualTo(messages);
    }
  }

  @ParameterizedTest
  @EnumSource(ClientPage.Language.class)
  void continuesBehindAnEventAfterARestartOfTheClient(ClientPage.Language language)
      throws Exception {
    page.interpreter(language);
    WalletKey key = key();
    PlatformUser writer = user(key());
    String chat = platform.createChat(writer, user(key)).subjectId();
    String first;
    String id;
    try (Program client = new Program(language, gateway.port(), key)) {
      awaitOpen(1);
      first = platform.message(writer, chat, "one").subjectId();
      client.awaitSaid(first);
      id = client.said().split(" ", -1)[1];
    }
    String second = platform.message(writer, chat, "two").subjectId();
    try (Program client = new Program(language, gateway.port(), key, id)) {
      client.awaitSaid(second);
      assertThat(client.said()).doesNotContain(first);
    }
    try (Program client = new Program(language, gateway.port(), key, "2020-01-01T00:00:00Z")) {
      client.awaitSaid("gap 2020-01-01T00:00:00Z ");
    }
  }

  @ParameterizedTest
  @EnumSource(ClientPage.Language.class)
  void whoIsRefusedIsToldWhyAndStops(ClientPage.Language language) throws Exception {
    page.interpreter(language);
    try (Program client = new Program(language, gateway.port(), key())) {
      assertThat(client.awaitEnd()).isEqualTo(1);
      assertThat(client.said().strip()).isEqualTo("end 4403 the signer is not a user");
    }
    WalletKey known = key();
    user(known);
    try (Program client = new Program(language, gateway.port(), known, "nonsense")) {
      assertThat(client.awaitEnd()).isEqualTo(1);
      assertThat(client.said()).startsWith("end 4400 ");
    }
    if (language == ClientPage.Language.PYTHON) {
      // This library shows the status, so the option is not needed.
      try (Program client = new Program(language, plain.port(), key())) {
        assertThat(client.awaitEnd()).isEqualTo(1);
        assertThat(client.said().strip()).isEqualTo("end 4400 status 400");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ClientPage.Language.class)
  void itKeepsToTheTablesAndDropsWhatComesAgain(ClientPage.Language language) throws Exception {
    Tool interpreter = page.interpreter(language);
    Map<Integer, String> advice = page.advice();
    String check = Objects.requireNonNull(CHECKS.get(language)).formatted(advice.keySet());
    Path file = Files.writeString(folder.resolve(language.check()), check);
    List<String> said = interpreter.run(file).lines().toList();
    List<String> expected = new ArrayList<>();
    advice.forEach((code, what) -> expected.add(code + " " + what));
    expected.addAll(List.of("twice stop", "event a", "event b", "gap", "last b"));
    assertThat(said).isEqualTo(expected);
  }
}
