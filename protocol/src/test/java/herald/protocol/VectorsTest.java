package herald.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract's own test cases, all of them, as they are. */
class VectorsTest {
  private static final String PATH = "/comms/chats/ws";

  static List<Map<String, Object>> canonicalRequests() {
    return Vectors.cases("canonical-requests");
  }

  @ParameterizedTest
  @MethodSource
  void canonicalRequests(Map<String, Object> given) throws Exception {
    String query = Vectors.text(given, "query");
    if (Boolean.TRUE.equals(given.get("error"))) {
      assertThatThrownBy(() -> SignedRequest.parse(PATH, query))
          .isInstanceOf(MalformedRequestException.class);
    } else {
      assertThat(SignedRequest.parse(PATH, query).canonical()).isEqualTo(given.get("canonical"));
    }
  }

  static List<Map<String, Object>> timestampParameters() {
    return Vectors.cases("timestamp-parameters");
  }

  @ParameterizedTest
  @MethodSource
  void timestampParameters(Map<String, Object> given) {
    String text = Vectors.text(given, "text");
    if (Boolean.TRUE.equals(given.get("error"))) {
      assertThatThrownBy(() -> GoIntegers.parseBase0(text))
          .isInstanceOf(NumberFormatException.class);
    } else {
      assertThat(GoIntegers.parseBase0(text)).isEqualTo(Vectors.number(given, "millis"));
    }
  }

  static List<Map<String, Object>> hashIds() {
    return Vectors.cases("hash-ids");
  }

  @ParameterizedTest
  @MethodSource
  void hashIds(Map<String, Object> given) {
    int id = (int) Vectors.number(given, "id");
    assertThat(HashIds.encode(id)).isEqualTo(given.get("hash_id"));
    assertThat(HashIds.decode(Vectors.text(given, "hash_id"))).hasValue(id);
    assertThat(HashIds.decode(Integer.toString(id))).hasValue(id);
  }

  @Test
  void undecodableHashIds() {
    List<?> texts = (List<?>) Objects.requireNonNull(Vectors.load("hash-ids").get("undecodable"));
    assertThat(texts).isNotEmpty();
    for (Object text : texts) {
      assertThat(HashIds.decode((String) text)).as("%s", text).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = RecoveryProvider.class,
      names = {"NATIVE", "JAVA"})
  void signatures(RecoveryProvider provider) {
    WalletRecovery recovery = WalletRecoveries.choose(provider);
    for (Map<String, Object> given : Vectors.cases("signatures")) {
      byte[] message = Vectors.text(given, "message").getBytes(StandardCharsets.UTF_8);
      assertThat(HexFormat.of().formatHex(Keccak256.hash(message)))
          .isEqualTo(given.get("keccak256"));
      byte[] signature =
          Objects.requireNonNull(SignatureText.decode(Vectors.text(given, "signature_base64")));
      RecoveredWallet recovered = Objects.requireNonNull(recovery.recover(message, signature));
      assertThat(recovered.wallet()).isEqualTo(given.get("wallet"));
      assertThat(Base64.getEncoder().encodeToString(recovered.publicKey()))
          .isEqualTo(given.get("public_key_base64"));
      WalletKey key = WalletKey.fromHex(Vectors.text(given, "private_key"));
      assertThat(key.wallet()).isEqualTo(given.get("wallet"));
      assertThat(recovery.recover(message, key.sign(message))).isEqualTo(recovered);
    }
  }

  static List<Map<String, Object>> eventTimestamps() {
    return Vectors.cases("event-timestamps");
  }

  @ParameterizedTest
  @MethodSource
  void eventTimestamps(Map<String, Object> given) {
    assertThat(EventTimestamp.format(Vectors.number(given, "micros_since_epoch")))
        .isEqualTo(given.get("text"));
  }

  static List<Map<String, Object>> eventFrames() {
    return Vectors.cases("event-frames");
  }

  @ParameterizedTest
  @MethodSource
  void eventFrames(Map<String, Object> given) {
    Map<String, Object> rpc = Vectors.asObject(Vectors.parse(Vectors.text(given, "rpc")));
    Map<String, Object> params = Vectors.asObject(Objects.requireNonNull(rpc.get("params")));
    int sender = (int) Vectors.number(given, "sender_user_id");
    long micros = micros(Vectors.text(given, "relayed_at"));
    EventId id = EventId.of("sig", micros);
    EncodedEvent event =
        switch (Vectors.text(rpc, "method")) {
          case "chat.message" ->
              Boolean.TRUE.equals(params.get("is_plaintext"))
                  ? EventEncoder.rpc(id, Vectors.text(given, "rpc"), sender, micros)
                  : EventEncoder.message(
                      id,
                      Vectors.text(params, "chat_id"),
                      Vectors.text(params, "message_id"),
                      Vectors.text(params, "message"),
                      sender,
                      micros);
          case "chat.react" ->
              EventEncoder.reaction(
                  id,
                  Vectors.text(params, "chat_id"),
                  Vectors.text(params, "message_id"),
                  params.get("reaction") instanceof String reaction ? reaction : null,
                  sender,
                  micros);
          default ->
              EventEncoder.blast(
                  id,
                  new StoredBlast(
                      Vectors.text(params, "blast_id"),
                      sender,
                      Vectors.text(params, "audience"),
                      null,
                      null,
                      Vectors.text(params, "message"),
                      micros));
        };
    String receiver = HashIds.encode((int) Vectors.number(given, "receiver_user_id"));
    Map<String, Object> frame = Vectors.asObject(Vectors.parse(Messages.text(event, receiver)));
    Map<String, Object> metadata = Vectors.asObject(Objects.requireNonNull(frame.get("metadata")));
    assertThat(metadata.remove("id")).isEqualTo(id.toString());
    assertThat(frame).isEqualTo(Vectors.parse(Vectors.text(given, "frame")));
  }

  private static long micros(String timestamp) {
    DateTimeFormatter format =
        new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter(java.util.Locale.ROOT);
    LocalDateTime time = LocalDateTime.parse(timestamp, format);
    return ChronoUnit.MICROS.between(LocalDateTime.of(1970, 1, 1, 0, 0), time);
  }
}
