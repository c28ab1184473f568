package herald.gateway.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import herald.gateway.config.ByteSize;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes a record of settings as a JSON object, and the records in it too; by reflection, so that a
 * new setting can't be left out. Durations and sizes are numbers, with the unit in the name. All
 * else is written by its {@code toString}; that of a database holds neither user nor password. The
 * value of a component that is named like a secret is not written.
 */
final class RecordJson {
  private static final Pattern SECRET =
      Pattern.compile("password|secret|token", Pattern.CASE_INSENSITIVE);

  private RecordJson() {}

  static void write(JsonGenerator json, @Nullable Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Integer || value instanceof Long) {
      json.writeNumber(((Number) value).longValue());
    } else if (value instanceof Duration duration) {
      json.writeNumber(duration.toMillis());
    } else if (value instanceof ByteSize size) {
      json.writeNumber(size.bytes());
    } else if (value instanceof Collection<?> values) {
      json.writeStartArray();
      for (Object element : values) {
        write(json, element);
      }
      json.writeEndArray();
    } else if (value.getClass().isRecord() && saysNothingOfItsOwn(value.getClass())) {
      json.writeStartObject();
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        json.writeFieldName(fieldName(component));
        if (SECRET.matcher(component.getName()).find()) {
          json.writeString("(not shown)");
        } else {
          write(json, get(value, component));
        }
      }
      json.writeEndObject();
    } else {
      json.writeString(value.toString());
    }
  }

  /** The component's name, with the unit of the number that is written for it. */
  private static String fieldName(RecordComponent component) {
    String name = component.getName();
    if (component.getType() == Duration.class) {
      return name + "Millis";
    }
    return component.getType() == ByteSize.class && !name.contains("ytes") ? name + "Bytes" : name;
  }

  /** Whether the record's toString is the compiler's, so that its parts have to be written. */
  private static boolean saysNothingOfItsOwn(Class<?> type) {
    return type.getSimpleName().endsWith("Settings") || type.getSimpleName().endsWith("Config");
  }

  private static @Nullable Object get(Object record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record that can't be read: " + record.getClass(), e);
    }
  }
}
