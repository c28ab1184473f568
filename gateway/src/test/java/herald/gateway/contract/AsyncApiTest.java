package herald.gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import herald.protocol.BlastMessages;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import herald.protocol.HashIds;
import herald.protocol.StoredBlast;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The schemas of {@code docs/asyncapi.yaml} fit what the encoder makes, each method its own schema
 * and no other. Whether the document is one of AsyncAPI, {@link AsyncApiDocumentIT} asks.
 */
final class AsyncApiTest {
  private static final String SCHEMAS = "#/components/schemas/";
  private static final EventId ID = EventId.of("0xsig", 0);
  private static final int SENDER = 7;
  private static final int RECEIVER = 12;
  private static final long MICROS = 1_757_090_220_123_450L;
  private static final String CHAT = "7eP5n:ML51L";
  private static final List<String> EVENTS =
      List.of("message", "blastMessage", "reaction", "blast", "actorEvent", "gap");

  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_7,
          builder -> builder.schemas(Map.of(AsyncApiDocument.NAME, AsyncApiDocument.components())));

  private List<String> fitting(String json) {
    List<String> names = new ArrayList<>();
    for (String name : EVENTS) {
      Schema schema = registry.getSchema(SchemaLocation.of(AsyncApiDocument.NAME + SCHEMAS + name));
      if (schema.validate(json, InputFormat.JSON).isEmpty()) {
        names.add(name);
      }
    }
    return names;
  }

  private static String text(EncodedEvent event) {
    return new String(event.head(), StandardCharsets.UTF_8)
        + HashIds.encode(RECEIVER)
        + new String(event.middle(), StandardCharsets.UTF_8)
        + new String(event.tail(), StandardCharsets.UTF_8);
  }

  private static StoredBlast blast(boolean isOfATrack) {
    return new StoredBlast(
        "01J8Z4",
        SENDER,
        isOfATrack ? "remixer_audience" : "follower_audience",
        isOfATrack ? 33 : null,
        isOfATrack ? "track" : null,
        "a \"blast\"",
        MICROS);
  }

  static Stream<Arguments> events() {
    return Stream.of(
        Arguments.of("message", EventEncoder.message(ID, CHAT, "m", "text", SENDER, MICROS)),
        Arguments.of("message", EventEncoder.message(ID, CHAT, "m", "", SENDER, 0)),
        Arguments.of("blastMessage", new BlastMessages(ID, blast(false)).forChat(CHAT)),
        Arguments.of("reaction", EventEncoder.reaction(ID, CHAT, "m", "fire", SENDER, MICROS)),
        Arguments.of("reaction", EventEncoder.reaction(ID, CHAT, "m", null, SENDER, MICROS)),
        Arguments.of("blast", EventEncoder.blast(ID, blast(false))),
        Arguments.of("blast", EventEncoder.blast(ID, blast(true))),
        Arguments.of(
            "actorEvent",
            EventEncoder.rpc(ID, "{\"method\":\"chat.read\",\"params\":{}}", SENDER, MICROS)),
        Arguments.of("gap", EventEncoder.gap(Instant.EPOCH, Instant.ofEpochSecond(1, 500_000_000))),
        Arguments.of(
            "gap",
            EventEncoder.gap(Instant.EPOCH, Instant.EPOCH)
                .inPlaceOf(EventEncoder.message(ID, CHAT, "m", "text", SENDER, MICROS))));
  }

  @ParameterizedTest
  @MethodSource("events")
  void whatIsPushedFitsItsSchemaAndNoOther(String schema, EncodedEvent event) {
    assertThat(fitting(text(event))).containsExactly(schema);
  }

  @Test
  void whatIsNoEventFitsNone() {
    String message = text(EventEncoder.message(ID, CHAT, "m", "text", SENDER, MICROS));
    assertThat(fitting(message.replace("\"chat_id\"", "\"chatId\""))).isEmpty();
    assertThat(fitting(message.replace("\"id\"", "\"uid\""))).isEmpty();
    assertThat(fitting(message.replace(".12345Z", ".123450Z"))).isEmpty();
    assertThat(fitting("{}")).isEmpty();
  }

  /** The examples are events, too. */
  @Test
  void eachExampleFitsItsSchema() {
    Map<?, ?> messages = map(map(AsyncApiDocument.root().get("components")).get("messages"));
    assertThat(messages).hasSize(EVENTS.size());
    for (Map.Entry<?, ?> message : messages.entrySet()) {
      if (map(message.getValue()).get("examples") instanceof List<?> examples) {
        for (Object example : examples) {
          String json = AsyncApiDocument.json(map(example).get("payload"));
          assertThat(fitting(json)).as(json).containsExactly((String) message.getKey());
        }
      }
    }
  }

  private static Map<?, ?> map(@Nullable Object node) {
    return (Map<?, ?>) Objects.requireNonNull(node);
  }
}
