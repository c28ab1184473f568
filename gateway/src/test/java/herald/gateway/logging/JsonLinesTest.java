package herald.gateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.encoder.Encoder;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** What the documentation promises of a line in JSON; the encoder itself is Elastic's. */
class JsonLinesTest {
  private final LoggerContext context = new LoggerContext();
  private final Encoder<ILoggingEvent> encoder = Logs.jsonEncoder(context, "1.2.3");

  @BeforeEach
  void completeContext() {
    context.setMDCAdapter(new LogbackMDCAdapter());
  }

  private String line(String message, @Nullable Throwable error, Object... arguments) {
    Logger logger = context.getLogger("herald.gateway.Gateway");
    LoggingEvent event = new LoggingEvent("", logger, Level.WARN, message, error, arguments);
    event.setInstant(Instant.parse("2026-01-02T03:04:05.678Z"));
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }

  private static Map<String, String> fields(String line) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    try (JsonParser json = new JsonFactory().createParser(line)) {
      assertThat(json.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        fields.put(json.currentName(), json.nextTextValue());
      }
      assertThat(json.nextToken()).as("what follows the object").isNull();
    }
    return fields;
  }

  @Test
  void aLineIsOneObjectWithTheNamesOfEcs() throws Exception {
    String line = line("\"quoted\" and\nbroken, {} of {}", null, 3, "ü");
    assertThat(line).endsWith("}\n");
    assertThat(line.strip()).doesNotContain("\n");
    Map<String, String> fields = fields(line);
    assertThat(fields)
        .containsEntry("@timestamp", "2026-01-02T03:04:05.678Z")
        .containsEntry("log.level", "WARN")
        .containsEntry("log.logger", "herald.gateway.Gateway")
        .containsEntry("message", "\"quoted\" and\nbroken, 3 of ü")
        .containsEntry("service.name", "herald")
        .containsEntry("service.version", "1.2.3")
        .containsKeys("ecs.version", "process.thread.name")
        .doesNotContainKey("error.type");
  }

  @Test
  void fieldsOfALineStandBesideThoseOfEcs() {
    Logger logger = context.getLogger("herald.access");
    LoggingEvent event =
        new LoggingEvent("", logger, Level.INFO, "it ended", null, new Object[] {});
    event.addKeyValuePair(new KeyValuePair("user", "a\"b"));
    event.addKeyValuePair(new KeyValuePair("bytes", 7L));
    event.addKeyValuePair(new KeyValuePair("close_code", 1000));
    event.addKeyValuePair(new KeyValuePair("close_reason", null));
    assertThat(new String(encoder.encode(event), StandardCharsets.UTF_8))
        .contains("\"message\":\"it ended\"")
        .contains(
            "\"herald.user\":\"a\\\"b\",\"herald.bytes\":7,\"herald.close_code\":1000,"
                + "\"herald.close_reason\":\"null\"")
        .endsWith("}\n");
  }

  @Test
  void whatASentenceSaysIsAFieldTooIfItHasAName() {
    String line =
        line(
            "{} of {}, {}",
            null,
            Field.of("user", "a\"b"),
            new Field("limit", 0, "any number"),
            "no field");
    assertThat(line)
        .contains("\"message\":\"a\\\"b of any number, no field\"")
        .contains("\"herald.user\":\"a\\\"b\",\"herald.limit\":0}")
        .endsWith("}\n");
  }

  @Test
  void anErrorHasTypeMessageAndStackTrace() throws Exception {
    Map<String, String> fields = fields(line("it failed", new IOException("no room")));
    assertThat(fields)
        .containsEntry("error.type", "java.io.IOException")
        .containsEntry("error.message", "no room");
    assertThat(fields.get("error.stack_trace")).contains("JsonLinesTest");
  }
}
