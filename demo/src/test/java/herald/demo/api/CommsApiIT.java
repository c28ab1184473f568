package herald.demo.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import herald.demo.platform.Community;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.protocol.HashIds;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The API over real HTTP against a real database, called as the published client calls it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class CommsApiIT {
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<AppliedRpc> applied = new CopyOnWriteArrayList<>();
  private final SecureRandom random = new SecureRandom();
  private final WalletKey aliceKey = WalletKey.random(random);
  private final WalletKey bobKey = WalletKey.random(random);
  private final WalletKey carolKey = WalletKey.random(random);
  private SharedDatabase database;
  private Community community;
  private HttpServer server;
  private PlatformUser alice;
  private PlatformUser bob;
  private String chatId;

  @BeforeEach
  void start() throws IOException, SQLException {
    database = SharedDatabase.fresh();
    community = new Community(database.dataSource());
    alice = community.createUser("alice", aliceKey.wallet());
    bob = community.createUser("bob", bobKey.wallet());
    community.createUser("carol", carolKey.wallet());
    chatId = id(alice) + ":" + id(bob);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/comms/", new CommsApi(database.dataSource(), applied::add));
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aMessageIsAppliedWithItsLogInOneTransaction() throws Exception {
    createChat();
    String body = message("m1", "c2VjcmV0");

    HttpResponse<String> answer = mutate(aliceKey, body);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("\"from_wallet\":\"" + alice.wallet() + "\"")
        .contains("\"relayed_by\":\"bridge\"")
        .contains("\"rpc\":" + body)
        .endsWith("\"health\":{\"is_healthy\":true}}");
    assertThat(database.query("select rpc::text from rpc_log where sig = '" + sig(body) + "'"))
        .isEqualTo(body);
    assertThat(
            database.query(
                "select count(*) from rpc_log l join chat_message m on m.xmin = l.xmin"
                    + " where m.message_id = 'm1' and l.relayed_at <= l.applied_at"
                    + " and m.created_at = l.relayed_at"
                    + " and abs(extract(epoch from l.applied_at - now() at time zone 'utc')) < 60"))
        .isEqualTo("1");
    assertThat(applied).hasSize(2);
    assertThat(applied.get(1).log().rpc()).isEqualTo(body);
  }

  @Test
  void theSameSignatureAppliesOnce() throws Exception {
    createChat();
    String body = message("m1", "once");
    String first = mutate(aliceKey, body).body();

    HttpResponse<String> second = mutate(aliceKey, body);

    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(second.body()).isEqualTo(first);
    assertThat(database.query("select unread_count from chat_member where user_id = 2"))
        .isEqualTo("1");
    assertThat(applied).hasSize(2);
  }

  @Test
  void whatIsNotAllowedLeavesNothingBehind() throws Exception {
    createChat();
    refused(carolKey, message("m1", "not a member"), "no member of the chat");
    mutate(aliceKey, message("m1", "hello"));
    refused(bobKey, message("m1", "an id twice"), "an id is taken");
    refused(
        bobKey,
        rpc("chat.react", "\"chat_id\":\"" + chatId + "\",\"message_id\":\"none\""),
        "no such message");
    assertThat(mutate(bobKey, rpc("chat.block", "\"user_id\":\"" + id(alice) + "\"")).statusCode())
        .isEqualTo(200);
    refused(aliceKey, message("m2", "blocked"), "may not write");
    database.execute("insert into chat_ban (user_id, is_banned) values (2, true)");
    refused(bobKey, message("m3", "banned"), "banned");
    assertThat(database.query("select count(*) from chat_message")).isEqualTo("1");
    assertThat(database.query("select count(*) from rpc_log")).isEqualTo("3");
  }

  @Test
  void whoIsNobodyOrSignsSomethingElseIsRefused() throws Exception {
    refused(WalletKey.random(random), message("m1", "x"), "no active user's");
    String body = message("m1", "x");
    assertThat(send("/comms/mutate", "nonsense", body).body()).contains("x-sig");
    assertThat(send("/comms/mutate", sign(aliceKey, "something else"), body).statusCode())
        .isEqualTo(400);
    refused(aliceKey, "[]", "no JSON object");
    refused(aliceKey, "{\"method\":\"chat.message\"}", "'params' is missing");
    refused(aliceKey, "{\"method\":5,\"params\":{}}", "'method' is no text");
    refused(
        aliceKey,
        rpc(
            "chat.blast",
            "\"blast_id\":\"b\",\"message\":\"\\u0000\",\"audience\":\"follower_audience\""),
        "can't");
    refused(
        aliceKey,
        rpc("chat.create", "\"chat_id\":\"mine\",\"invites\":[{\"user_id\":\"" + id(bob) + "\"}]"),
        "'chat_id'");
    assertThat(database.query("select count(*) from rpc_log")).isEqualTo("0");
  }

  @Test
  void chatsMessagesAndReactionsAreReadBack() throws Exception {
    createChat();
    mutate(aliceKey, message("m1", "Zmlyc3Q="));
    mutate(aliceKey, message("m2", "c2Vjb25k"));
    mutate(
        bobKey,
        rpc(
            "chat.react",
            "\"chat_id\":\"" + chatId + "\",\"message_id\":\"m1\",\"reaction\":\"fire\""));

    String chats = get(bobKey, "/comms/chats", Map.of("limit", "10")).body();
    assertThat(chats)
        .startsWith("{\"data\":[{\"chat_id\":\"" + chatId + "\",\"last_message\":\"c2Vjb25k\"")
        .contains("\"invite_code\":\"for bob\"")
        .contains("\"unread_message_count\":2")
        .contains(
            "\"chat_members\":[{\"user_id\":\""
                + id(alice)
                + "\"},{\"user_id\":\""
                + id(bob)
                + "\"}]")
        .containsPattern("\"last_message_at\":\"\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\"");
    assertThat(get(bobKey, "/comms/chats/" + chatId, Map.of()).body()).contains("\"for bob\"");
    String messages = get(bobKey, "/comms/chats/" + chatId + "/messages", Map.of()).body();
    assertThat(messages.indexOf("\"m2\"")).isLessThan(messages.indexOf("\"m1\"")).isPositive();
    assertThat(messages)
        .contains("\"sender_user_id\":\"" + id(alice) + "\"")
        .contains("\"is_plaintext\":false")
        .contains("\"reaction\":\"fire\"");
    assertThat(get(bobKey, "/comms/chats/unread", Map.of()).body()).startsWith("{\"data\":2,");
    mutate(bobKey, rpc("chat.read", "\"chat_id\":\"" + chatId + "\""));
    assertThat(get(bobKey, "/comms/chats/unread", Map.of()).body()).startsWith("{\"data\":0,");
    mutate(bobKey, rpc("chat.delete", "\"chat_id\":\"" + chatId + "\""));
    assertThat(get(bobKey, "/comms/chats", Map.of()).body()).startsWith("{\"data\":[],");
    mutate(aliceKey, message("m3", "YWdhaW4="));
    assertThat(get(bobKey, "/comms/chats/" + chatId + "/messages", Map.of()).body())
        .contains("\"m3\"")
        .doesNotContain("\"m2\"");
    assertThat(get(carolKey, "/comms/chats/" + chatId, Map.of()).statusCode()).isEqualTo(404);
    assertThat(get(carolKey, "/comms/chats/" + chatId + "/messages", Map.of()).statusCode())
        .isEqualTo(400);
  }

  @Test
  void aBlastIsListedUntilAChatHoldsIt() throws Exception {
    community.follow(bob, alice);
    mutate(
        aliceKey,
        rpc(
            "chat.blast",
            "\"blast_id\":\"b1\",\"message\":\"new song\",\"audience\":\"follower_audience\""));

    assertThat(get(bobKey, "/comms/blasts", Map.of()).body())
        .contains("\"pending_chat_id\":\"" + chatId + "\"")
        .contains("\"from_user_id\":1,")
        .contains("\"plaintext\":\"new song\"");
    assertThat(get(carolKey, "/comms/blasts", Map.of()).body()).startsWith("{\"data\":[],");

    createChat();
    createChat();
    assertThat(get(bobKey, "/comms/blasts", Map.of()).body()).startsWith("{\"data\":[],");
    assertThat(get(bobKey, "/comms/chats/" + chatId + "/messages", Map.of()).body())
        .contains("\"b1" + chatId + "\"")
        .contains("\"is_plaintext\":true")
        .contains("\"audience\":\"follower_audience\"");
  }

  @Test
  void permissionsAreSetAndSaid() throws Exception {
    String path = "/comms/chats/permissions";
    assertThat(get(aliceKey, path, Map.of("id", id(bob))).body())
        .contains("\"permit_list\":[\"all\"],\"current_user_has_permission\":true");
    mutate(
        bobKey,
        rpc("chat.permit", "\"permit\":\"followees\",\"permit_list\":[\"followees\",\"tippers\"]"));
    assertThat(get(aliceKey, path, Map.of("id", id(bob))).body())
        .contains("\"permit_list\":[\"followees\",\"tippers\"]")
        .contains("\"current_user_has_permission\":false");
    refused(aliceKey, create(), "may not write");
    mutate(bobKey, rpc("chat.permit", "\"permit\":\"all\",\"allow\":true"));
    createChat();
    mutate(bobKey, rpc("chat.block", "\"user_id\":\"" + id(alice) + "\""));
    assertThat(get(aliceKey, "/comms/chats/blockers", Map.of()).body())
        .startsWith("{\"data\":[\"" + id(bob) + "\"],");
    assertThat(get(bobKey, "/comms/chats/blockees", Map.of()).body())
        .startsWith("{\"data\":[\"" + id(alice) + "\"],");
    mutate(bobKey, rpc("chat.unblock", "\"user_id\":\"" + id(alice) + "\""));
    assertThat(mutate(aliceKey, message("m1", "x")).statusCode()).isEqualTo(200);
  }

  @Test
  void publicKeysAreForEverybodyAndOtherOriginsMayAsk() throws Exception {
    assertThat(plainGet("/comms/pubkey/" + id(alice)).statusCode()).isEqualTo(404);
    get(aliceKey, "/comms/chats", Map.of());
    HttpResponse<String> key = plainGet("/comms/pubkey/" + id(alice));
    assertThat(key.body())
        .contains("\"" + Base64.getEncoder().encodeToString(aliceKey.publicKey()) + "\"");
    assertThat(key.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
    HttpResponse<String> preflight =
        http.send(
            HttpRequest.newBuilder(uri("/comms/mutate"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .contains("x-sig");
  }

  private void createChat() throws Exception {
    assertThat(mutate(aliceKey, create()).statusCode()).isEqualTo(200);
  }

  private String create() {
    return rpc(
        "chat.create",
        "\"chat_id\":\""
            + chatId
            + "\",\"invites\":[{\"user_id\":\""
            + id(alice)
            + "\",\"invite_code\":\"for alice\"},{\"user_id\":\""
            + id(bob)
            + "\",\"invite_code\":\"for bob\"}]");
  }

  private String message(String messageId, String text) {
    return rpc(
        "chat.message",
        "\"chat_id\":\"%s\",\"message_id\":\"%s\",\"message\":\"%s\""
            .formatted(chatId, messageId, text));
  }

  /** Each with a timestamp of its own, so that no two have the same signature. */
  private String rpc(String method, String params) {
    return "{\"method\":\"%s\",\"params\":{%s},\"timestamp\":%d}"
        .formatted(method, params, System.nanoTime());
  }

  private static String id(PlatformUser user) {
    return HashIds.encode(user.userId());
  }

  private static String sign(WalletKey key, String text) {
    return Base64.getEncoder().encodeToString(key.sign(text.getBytes(StandardCharsets.UTF_8)));
  }

  private String sig(String body) {
    return sign(aliceKey, body);
  }

  private void refused(WalletKey key, String body, String reason) throws Exception {
    HttpResponse<String> answer = mutate(key, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).startsWith("{\"error\":\"").contains(reason);
  }

  private HttpResponse<String> mutate(WalletKey key, String body) throws Exception {
    return send("/comms/mutate", sign(key, body), body);
  }

  private HttpResponse<String> send(String path, String signature, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri(path))
            .header("x-sig", signature)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(WalletKey key, String path, Map<String, String> parameters)
      throws Exception {
    return plainGet(key.signedPath(path, System.currentTimeMillis(), parameters));
  }

  private HttpResponse<String> plainGet(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }
}
