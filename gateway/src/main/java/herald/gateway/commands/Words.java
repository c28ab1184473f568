package herald.gateway.commands;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a constant of an enum as operators write it: in any case, with either of - and _ between
 * words.
 */
final class Words<E extends Enum<E>> implements ITypeConverter<E> {
  private final Class<E> type;

  Words(Class<E> type) {
    this.type = type;
  }

  @Override
  public E convert(String text) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(text.toUpperCase(Locale.ROOT).replace('-', '_'))) {
        return constant;
      }
    }
    throw new TypeConversionException(
        "'"
            + text
            + "' (expected: one of "
            + Arrays.stream(type.getEnumConstants())
                .map(Words::text)
                .collect(Collectors.joining(", "))
            + ")");
  }

  /** As an operator writes it. */
  static String text(Enum<?> constant) {
    String name = constant.name().toLowerCase(Locale.ROOT);
    // The kernel's own name has an underscore.
    return name.equals("io_uring") ? name : name.replace('_', '-');
  }
}
