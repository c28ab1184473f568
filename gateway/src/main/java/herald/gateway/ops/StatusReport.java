package herald.gateway.ops;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One instance as JSON: build, state, figures, the slowest connections, configuration. Figures are
 * the gauges of the metrics under their own names, so that there is one word for each thing.
 */
public final class StatusReport {
  private final Record configuration;
  private final MeterRegistry registry;
  private final Supplier<@Nullable String> notReadyReason;
  private final Supplier<String> databaseVersion;
  private final Supplier<CompletionStage<List<SlowConnection>>> slowest;

  /**
   * @param configuration in which no component says a secret
   * @param notReadyReason null while the instance is ready
   * @param databaseVersion of PostgreSQL; empty while it is not known
   * @param slowest asks the event loops; must not block
   */
  public StatusReport(
      Record configuration,
      MeterRegistry registry,
      Supplier<@Nullable String> notReadyReason,
      Supplier<String> databaseVersion,
      Supplier<CompletionStage<List<SlowConnection>>> slowest) {
    this.configuration = configuration;
    this.registry = registry;
    this.notReadyReason = notReadyReason;
    this.databaseVersion = databaseVersion;
    this.slowest = slowest;
  }

  /** The report, when the event loops have answered. */
  CompletionStage<String> write() {
    return slowest.get().thenApply(this::write);
  }

  private String write(List<SlowConnection> slow) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      build(json);
      state(json);
      figures(json, "listener", "herald.listener.", "herald.feed.", "herald.postgresql.");
      figures(json, "stream", "herald.stream.");
      figures(json, "log", "herald.log.", "herald.mailboxes", "herald.remembered");
      figures(
          json,
          "connections",
          "herald.connections.",
          "herald.cursors",
          "herald.users",
          "herald.recovery.",
          "herald.replays.");
      figures(json, "threads", "herald.thread.");
      slowest(json, slow);
      json.writeFieldName("configuration");
      RecordJson.write(json, configuration);
      json.writeEndObject();
    } catch (IOException e) {
      // Into memory: it does not happen.
      throw new UncheckedIOException(e);
    }
    return text.append('\n').toString();
  }

  private void build(JsonGenerator json) throws IOException {
    Build build = Build.current();
    json.writeObjectFieldStart("build");
    json.writeStringField("version", build.version());
    json.writeStringField("java", build.java());
    json.writeStringField("postgresql", databaseVersion.get());
    json.writeStringField(
        "started",
        Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()).toString());
    json.writeEndObject();
  }

  private void state(JsonGenerator json) throws IOException {
    String reason = notReadyReason.get();
    json.writeBooleanField("ready", reason == null);
    json.writeStringField("notReadyReason", reason);
  }

  private void figures(JsonGenerator json, String group, String... prefixes) throws IOException {
    json.writeObjectFieldStart(group);
    for (Meter meter : registry.getMeters()) {
      if (meter instanceof Gauge gauge && beginsWithOne(meter.getId().getName(), prefixes)) {
        json.writeFieldName(fieldName(meter.getId()));
        writeNumber(json, gauge.value());
      }
    }
    json.writeEndObject();
  }

  private static boolean beginsWithOne(String name, String... prefixes) {
    for (String prefix : prefixes) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  private static String fieldName(Meter.Id id) {
    StringBuilder name = new StringBuilder(id.getName().replace('.', '_'));
    for (Tag tag : id.getTags()) {
      name.append('_').append(tag.getValue());
    }
    return name.toString();
  }

  private static void writeNumber(JsonGenerator json, double value) throws IOException {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      json.writeNull();
    } else if (value == Math.rint(value)) {
      json.writeNumber((long) value);
    } else {
      json.writeNumber(value);
    }
  }

  private static void slowest(JsonGenerator json, List<SlowConnection> slow) throws IOException {
    json.writeArrayFieldStart("slowest");
    for (SlowConnection connection : slow) {
      json.writeStartObject();
      json.writeStringField("user", connection.user());
      json.writeStringField("address", connection.address());
      json.writeNumberField("stalledMillis", connection.stalledMillis());
      json.writeNumberField("behindEvents", connection.behindEvents());
      json.writeNumberField("unconfirmedEvents", connection.unconfirmedEvents());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
