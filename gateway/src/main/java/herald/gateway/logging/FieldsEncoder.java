package herald.gateway.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import co.elastic.logging.JsonUtils;
import co.elastic.logging.logback.EcsEncoder;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * A line in JSON with the field names of ECS, and with the fields that the line itself has, behind
 * its sentence or in it. These are named {@code herald.…}, so that they never meet a name of ECS.
 */
final class FieldsEncoder extends EcsEncoder {
  private static final String PREFIX = "herald.";

  @Override
  protected void addCustomFields(ILoggingEvent line, StringBuilder json) {
    Object[] arguments = line.getArgumentArray();
    if (arguments != null) {
      for (Object argument : arguments) {
        if (argument instanceof Field field) {
          add(field.name(), field.value(), json);
        }
      }
    }
    List<KeyValuePair> behind = line.getKeyValuePairs();
    if (behind != null) {
      behind.forEach(field -> add(field.key, field.value, json));
    }
  }

  private static void add(String name, Object value, StringBuilder json) {
    json.append('"').append(PREFIX);
    JsonUtils.quoteAsString(name, json);
    json.append("\":");
    if (value instanceof Long || value instanceof Integer) {
      json.append(value);
    } else {
      json.append('"');
      JsonUtils.quoteAsString(String.valueOf(value), json);
      json.append('"');
    }
    json.append(',');
  }
}
