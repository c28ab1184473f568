package herald.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Laws that hold for any input, tried on random ones; a failure names its seed. */
class PropertiesTest {
  private static final EventId ID = EventId.of("sig", 1_757_090_220_123_456L);

  private final long seed = new SecureRandom().nextLong();
  private final Random random = new Random(seed);

  @Test
  void hashIdsReadBack() {
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      int id = random.nextInt() >>> (1 + random.nextInt(31));
      String text = HashIds.encode(id);
      assertThat(HashIds.decode(text)).as("seed %d", seed).hasValue(id);
      Integer before = seen.put(text, id);
      assertThat(before == null || before == id).isTrue();
    }
  }

  @Test
  void noTextButTheRightOneReadsAsAHashId() {
    for (int i = 0; i < 20_000; i++) {
      String text = randomText(12);
      HashIds.decode(text)
          .ifPresent(
              id ->
                  assertThat(text.matches("[0-9]+") || HashIds.encode(id).equals(text))
                      .as("%s, seed %d", text, seed)
                      .isTrue());
    }
    assertThat(HashIds.decode("24182")).hasValue(1_995_278);
    assertThat(HashIds.decode("2147483648")).isEmpty();
    assertThat(HashIds.decode("7".repeat(65))).isEmpty();
    assertThat(HashIds.decode("99999999999")).as("of a number beyond 2^53").isEmpty();
  }

  /** Against an oracle that goes another way: a sorted map of lists, and the JDK's decoder. */
  @Test
  void canonicalRequestsAgreeWithAnotherImplementation() throws Exception {
    for (int i = 0; i < 5_000; i++) {
      String query = randomQuery();
      assertThat(SignedRequest.parse("/p", query).canonical())
          .as("seed %d", seed)
          .isEqualTo("/p" + oracle(query));
    }
  }

  private static String oracle(String query) {
    TreeMap<String, List<String>> values = new TreeMap<>();
    for (String pair : query.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      String[] parts = pair.split("=", 2);
      values
          .computeIfAbsent(latin(parts[0]), name -> new ArrayList<>())
          .add(parts.length == 2 ? latin(parts[1]) : "");
    }
    values.keySet().removeAll(Set.of("app_name", "api_key", "signature"));
    StringBuilder text = new StringBuilder();
    values.forEach(
        (name, all) ->
            all.forEach(
                value ->
                    text.append(text.isEmpty() ? "?" : "&")
                        .append(escape(name))
                        .append('=')
                        .append(escape(value))));
    return text.toString();
  }

  private static String latin(String text) {
    return URLDecoder.decode(text, StandardCharsets.ISO_8859_1);
  }

  private static String escape(String latin) {
    StringBuilder text = new StringBuilder();
    for (byte b : latin.getBytes(StandardCharsets.ISO_8859_1)) {
      char c = (char) (b & 0xFF);
      text.append(
          c < 128 && (Character.isLetterOrDigit(c) || "-_.~".indexOf(c) >= 0)
              ? String.valueOf(c)
              : c == ' ' ? "+" : String.format("%%%02X", (int) c));
    }
    return text.toString();
  }

  private String randomQuery() {
    String[] pieces = {
      "a",
      "b",
      "=",
      "&",
      "+",
      "%20",
      "%2B",
      "%c3%a9",
      "%ff",
      "signature",
      "app_name",
      "~",
      "*",
      "'",
      "timestamp=1",
      "Z",
      "/",
      "?",
      "!"
    };
    StringBuilder query = new StringBuilder();
    for (int i = random.nextInt(12); i >= 0; i--) {
      query.append(pieces[random.nextInt(pieces.length)]);
    }
    return query.toString();
  }

  @Test
  void integersAgreeWithThePlainParser() {
    for (int i = 0; i < 5_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      assertThat(GoIntegers.parseBase0(Long.toString(value))).isEqualTo(value);
      String sign = value < 0 ? "-" : "";
      String hex = value == Long.MIN_VALUE ? "8000000000000000" : Long.toHexString(Math.abs(value));
      assertThat(GoIntegers.parseBase0(sign + "0x" + hex)).isEqualTo(value);
    }
  }

  @Test
  void integersTakeUnderscoresOnlyWhereGoDoes() {
    assertThat(GoIntegers.parseBase0("0x_1F")).isEqualTo(31);
    assertThat(GoIntegers.parseBase0("0_17")).isEqualTo(15);
    for (String text :
        List.of("_1", "1_", "1__0", "0x__1", "0x", "0b2", "08", "0o", "--1", "-", "+")) {
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> GoIntegers.parseBase0(text))
          .as(text)
          .isInstanceOf(NumberFormatException.class);
    }
  }

  @Test
  void signedPathsAreRecovered() throws Exception {
    WalletRecovery recovery = WalletRecoveries.choose(RecoveryProvider.JAVA);
    for (int i = 0; i < 20; i++) {
      WalletKey key = WalletKey.random(new SecureRandom());
      String path =
          key.signedPath("/comms/chats/ws", random.nextLong(), Map.of("after", randomText(20)));
      int mark = path.indexOf('?');
      SignedRequest request =
          SignedRequest.parse(path.substring(0, mark), path.substring(mark + 1));
      byte[] signature =
          Objects.requireNonNull(
              SignatureText.decode(Objects.requireNonNull(request.parameter("signature"))));
      byte[] message = request.canonical().getBytes(StandardCharsets.UTF_8);
      assertThat(Objects.requireNonNull(recovery.recover(message, signature)).wallet())
          .as("seed %d", seed)
          .isEqualTo(key.wallet());
    }
  }

  @Test
  void timestampsAgreeWithTheJdk() {
    for (int i = 0; i < 5_000; i++) {
      long micros = random.nextLong() % 4_102_444_800_000_000L;
      String text = EventTimestamp.format(micros);
      assertThat(Instant.parse(text)).isEqualTo(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
      assertThat(text).doesNotContainPattern("\\.[0-9]*0Z");
    }
  }

  @Test
  void eventsHoldTheRpcByteByByteAndReadBack() {
    for (int i = 0; i < 2_000; i++) {
      String rpc =
          "{ \"method\":\"chat.message\", \"params\":{\"message\":"
              + EventEncoder.quote(randomText(60))
              + "}}";
      EncodedEvent event = EventEncoder.rpc(ID, rpc, random.nextInt(1_000_000), random.nextInt());
      String text = Messages.text(event, HashIds.encode(7));
      assertThat(text).as("seed %d", seed).startsWith("{\"rpc\":" + rpc);
      Map<String, Object> read = Vectors.asObject(Vectors.parse(text));
      assertThat(read.get("rpc")).isEqualTo(Vectors.parse(rpc));
    }
  }

  @Test
  void eventsFromStoredRowsReadBack() {
    for (int i = 0; i < 2_000; i++) {
      String chat = randomText(10);
      String id = randomText(10);
      String words = randomText(60);
      EncodedEvent message = EventEncoder.message(ID, chat, id, words, 1, 0);
      assertThat(rpcOf(message))
          .as("seed %d", seed)
          .isEqualTo(
              Map.of(
                  "method",
                  "chat.message",
                  "params",
                  Map.of(
                      "chat_id", chat, "message_id", id, "message", words, "is_plaintext", false)));
      EncodedEvent reaction = EventEncoder.reaction(ID, chat, id, words, 1, 0);
      assertThat(rpcOf(reaction))
          .isEqualTo(
              Map.of(
                  "method",
                  "chat.react",
                  "params",
                  Map.of("chat_id", chat, "message_id", id, "reaction", words)));
      StoredBlast blast = new StoredBlast(id, 1, "remixer_audience", 3, "track", words, 0);
      assertThat(rpcOf(EventEncoder.blast(ID, blast)))
          .isEqualTo(
              Map.of(
                  "method",
                  "chat.blast",
                  "params",
                  Map.of(
                      "blast_id",
                      id,
                      "audience",
                      "remixer_audience",
                      "audience_content_id",
                      HashIds.encode(3),
                      "audience_content_type",
                      "track",
                      "message",
                      words)));
    }
  }

  private static Object rpcOf(EncodedEvent event) {
    String text = Messages.text(event, HashIds.encode(7));
    return Objects.requireNonNull(Vectors.asObject(Vectors.parse(text)).get("rpc"));
  }

  @Test
  void blastMessagesReadBackAndShareTheirText() {
    for (int i = 0; i < 500; i++) {
      String plaintext = randomText(80);
      String chatId = randomText(10);
      BlastMessages blast =
          new BlastMessages(
              ID, new StoredBlast("b1", 1, "follower_audience", null, null, plaintext, 0));
      EncodedEvent event = blast.forChat(chatId);
      Map<String, Object> read =
          Vectors.asObject(Vectors.parse(Messages.text(event, HashIds.encode(7))));
      Map<String, Object> rpc = Vectors.asObject(Objects.requireNonNull(read.get("rpc")));
      assertThat(rpc).as("seed %d", seed).containsEntry("method", "chat.message");
      assertThat(Vectors.asObject(Objects.requireNonNull(rpc.get("params"))))
          .isEqualTo(
              Map.of(
                  "chat_id",
                  chatId,
                  "message_id",
                  "b1" + chatId,
                  "message",
                  plaintext,
                  "is_plaintext",
                  true,
                  "audience",
                  "follower_audience"));
      assertThat(Vectors.asObject(Objects.requireNonNull(read.get("metadata"))))
          .isEqualTo(
              Map.of(
                  "id", ID.part("b1" + chatId).toString(),
                  "receiverUserId", HashIds.encode(7),
                  "senderUserId", HashIds.encode(1),
                  "userId", HashIds.encode(1),
                  "timestamp", "1970-01-01T00:00:00Z"));
      EncodedEvent other = blast.forChat("other");
      assertThat(other.head()).isSameAs(event.head());
      assertThat(other.tail()).isSameAs(event.tail());
      assertThat(other.retainedBytes()).isLessThan(150);
    }
  }

  @Test
  void aGapReadsBack() {
    EncodedEvent gap = EventEncoder.gap(Instant.EPOCH, Instant.EPOCH.plusSeconds(5));
    Map<String, Object> read = Vectors.asObject(Vectors.parse(Messages.text(gap, "7eP5n")));
    assertThat(read.get("rpc"))
        .isEqualTo(
            Map.of(
                "method",
                "gateway.gap",
                "params",
                Map.of("from", "1970-01-01T00:00:00Z", "to", "1970-01-01T00:00:05Z")));
  }

  /** Whatever arrives, only the one exception escapes. */
  @Test
  void theParserSurvivesDamage() {
    String rpc =
        "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\"a:b\",\"x\":[1,{\"y\":null}]},"
            + "\"current_user_id\":\"7eP5n\"}";
    int malformed = 0;
    for (int i = 0; i < 20_000; i++) {
      char[] damaged = rpc.toCharArray();
      for (int times = random.nextInt(3); times >= 0; times--) {
        damaged[random.nextInt(damaged.length)] = (char) random.nextInt(128);
      }
      try {
        RpcParser.parse(String.valueOf(Arrays.copyOf(damaged, random.nextInt(damaged.length + 1))));
      } catch (MalformedRpcException e) {
        malformed++;
      }
    }
    assertThat(malformed).as("seed %d", seed).isGreaterThan(10_000);
  }

  private String randomText(int maxLength) {
    int[] points =
        random
            .ints(random.nextInt(maxLength + 1), 0, 6)
            .map(
                kind ->
                    switch (kind) {
                      case 0 -> random.nextInt(32);
                      case 1 -> 0x1F300 + random.nextInt(256);
                      case 2 -> "\"\\/&<>".codePointAt(random.nextInt(6));
                      case 3 -> 0x80 + random.nextInt(0x700);
                      default -> 32 + random.nextInt(95);
                    })
            .toArray();
    return new String(points, 0, points.length);
  }
}
