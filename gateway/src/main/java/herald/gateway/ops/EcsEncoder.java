package herald.gateway.ops;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A log line as one JSON object with the field names of the Elastic Common Schema, as ecs-logging
 * writes them: timestamp, level and message first, names with dots and not nested.
 */
final class EcsEncoder extends EncoderBase<ILoggingEvent> {
  private static final String ECS_VERSION = "8.11.0";
  private static final int LINE_BYTES = 256;

  private final JsonFactory json = new JsonFactory();
  private final String version;

  /**
   * @param version of the service
   */
  EcsEncoder(String version) {
    this.version = version;
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(LINE_BYTES);
    try (JsonGenerator out = json.createGenerator(line)) {
      out.writeStartObject();
      out.writeStringField("@timestamp", event.getInstant().toString());
      out.writeStringField("log.level", event.getLevel().toString());
      out.writeStringField("message", event.getFormattedMessage());
      out.writeStringField("ecs.version", ECS_VERSION);
      out.writeStringField("service.name", "herald");
      out.writeStringField("service.version", version);
      out.writeStringField("log.logger", event.getLoggerName());
      out.writeStringField("process.thread.name", event.getThreadName());
      IThrowableProxy error = event.getThrowableProxy();
      if (error != null) {
        out.writeStringField("error.type", error.getClassName());
        out.writeStringField("error.message", error.getMessage());
        out.writeStringField("error.stack_trace", ThrowableProxyUtil.asString(error));
      }
      out.writeEndObject();
    } catch (IOException e) {
      // Into memory: it does not happen.
      throw new UncheckedIOException(e);
    }
    line.write('\n');
    return line.toByteArray();
  }
}
