package herald.gateway.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import co.elastic.logging.JsonUtils;
import co.elastic.logging.logback.EcsEncoder;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * A line in JSON with the field names of ECS, and with the fields that the line itself has. These
 * are named {@code herald.…}, so that they never meet a name of ECS.
 */
final class FieldsEncoder extends EcsEncoder {
  private static final String PREFIX = "herald.";

  @Override
  protected void addCustomFields(ILoggingEvent line, StringBuilder json) {
    List<KeyValuePair> fields = line.getKeyValuePairs();
    if (fields == null) {
      return;
    }
    for (KeyValuePair field : fields) {
      json.append('"').append(PREFIX);
      JsonUtils.quoteAsString(field.key, json);
      json.append("\":");
      if (field.value instanceof Long || field.value instanceof Integer) {
        json.append(field.value);
      } else {
        json.append('"');
        JsonUtils.quoteAsString(String.valueOf(field.value), json);
        json.append('"');
      }
      json.append(',');
    }
  }
}
