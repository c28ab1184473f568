package herald.gateway.deploy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Compares a manifest with a class whose fields are annotated with the names of its members. Fails
 * for a member that the class does not have, and for one of a wrong type.
 */
final class ModelShape {
  private ModelShape() {}

  static void check(String where, Object value, Type type) {
    if (type instanceof ParameterizedType generic) {
      checkAll(where, value, generic);
    } else if (type instanceof Class<?> model && model.getName().startsWith("io.fabric8.")) {
      checkMembers(where, value, model);
    } else if (type == Integer.class || type == Long.class) {
      require(value instanceof Integer || value instanceof Long, where, value, type);
    } else if (type instanceof Class<?> scalar && scalar != Object.class) {
      require(scalar.isInstance(value), where, value, type);
    }
  }

  private static void checkAll(String where, Object value, ParameterizedType generic) {
    Type[] of = generic.getActualTypeArguments();
    if (generic.getRawType() == List.class) {
      require(value instanceof List, where, value, generic);
      ((List<?>) value).forEach(element -> check(where + "[]", element, of[0]));
    } else {
      require(value instanceof Map, where, value, generic);
      ((Map<?, ?>) value)
          .forEach((name, member) -> check(where + "." + name, nonNull(where, member), of[1]));
    }
  }

  private static void checkMembers(String where, Object value, Class<?> model) {
    if (!(value instanceof Map<?, ?> members)) {
      // Quantities, and numbers that may be texts, are scalars in YAML.
      require(
          model.getSimpleName().matches("Quantity|IntOrString") && !(value instanceof List),
          where,
          value,
          model);
      return;
    }
    Map<String, Type> known = new HashMap<>();
    for (Field field : model.getDeclaredFields()) {
      JsonProperty property = field.getAnnotation(JsonProperty.class);
      if (property != null) {
        known.put(property.value(), field.getGenericType());
      }
    }
    members.forEach(
        (name, member) -> {
          Type type = known.get(name);
          if (type == null) {
            throw new AssertionError(where + "." + name + " is no member of " + model.getName());
          }
          check(where + "." + name, nonNull(where + "." + name, member), type);
        });
  }

  private static Object nonNull(String where, Object value) {
    return Objects.requireNonNull(value, () -> where + " is null");
  }

  private static void require(boolean condition, String where, Object value, Type type) {
    if (!condition) {
      throw new AssertionError(where + " is " + value + ", which is no " + type.getTypeName());
    }
  }
}
