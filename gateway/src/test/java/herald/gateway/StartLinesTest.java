package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.GatewayConfig;
import herald.gateway.logging.Field;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StartLinesTest {
  private static final long MEBIBYTE = 1L << 20;

  /** Whatever is a part of a sentence is a field in JSON, numbers as numbers. */
  @Test
  void whatTheSentencesSayIsInFieldsToo() {
    Logger log = (Logger) LoggerFactory.getLogger(Gateway.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    GatewayConfig config =
        GatewayConfig.defaults(DatabaseUrl.parse("postgresql://me:s3cret@db:5433/x"));
    try {
      StartLines.say(config, 8_081, 9_091, "epoll", "native");
    } finally {
      log.detachAppender(lines);
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    for (ILoggingEvent line : lines.list) {
      for (Object argument : line.getArgumentArray()) {
        Field field = (Field) argument;
        fields.put(field.name(), field.value());
      }
    }
    assertThat(fields)
        .containsEntry("transport", "epoll")
        .containsEntry("recovery", "native")
        .containsEntry("horizon_s", config.eventLog().horizonMillis() / 1_000L)
        .containsEntry("log_bytes", config.eventLog().maxBytes().bytes())
        .containsEntry("max_connections", config.connections().maxConnections())
        .containsKeys("max_connections_per_address", "max_handshakes_per_address", "heap_bytes");
    assertThat(fields.get("clients")).hasToString(config.bindAddress().host() + ":8081");
    assertThat(fields.get("operators")).hasToString(config.adminAddress().host() + ":9091");
    assertThat(fields.get("database")).hasToString("postgresql://db:5433/x");
    assertThat(lines.list.get(1).getFormattedMessage())
        .endsWith(" in at most " + config.eventLog().maxBytes().bytes() / MEBIBYTE + " MiB")
        .doesNotContain("s3cret");
  }
}
