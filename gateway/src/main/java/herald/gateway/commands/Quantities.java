package herald.gateway.commands;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations and sizes as people write them. */
final class Quantities {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,12})([a-z]*)");

  private Quantities() {}

  /** A duration in milliseconds: {@code 500ms}, {@code 30s}, {@code 10m}, {@code 12h}. */
  record Millis(long value) {
    int asInt() {
      return (int) Math.min(Integer.MAX_VALUE, value);
    }
  }

  /** A size in bytes: {@code 512}, {@code 64k}, {@code 256m}, {@code 2g}. */
  record Bytes(long value) {
    int asInt() {
      return (int) Math.min(Integer.MAX_VALUE, value);
    }
  }

  /** Reads {@link Millis}. */
  static final class MillisConverter implements ITypeConverter<Millis> {
    @Override
    public Millis convert(String text) {
      Matcher matcher = match(text, "a duration like 500ms, 30s, 10m or 12h");
      long number = Long.parseLong(matcher.group(1));
      return new Millis(
          switch (matcher.group(2)) {
            case "ms" -> number;
            case "s" -> number * 1_000;
            case "m" -> number * 60_000;
            case "h" -> number * 3_600_000;
            default -> throw wrong(text, "a duration like 500ms, 30s, 10m or 12h");
          });
    }
  }

  /** Reads {@link Bytes}. */
  static final class BytesConverter implements ITypeConverter<Bytes> {
    @Override
    public Bytes convert(String text) {
      Matcher matcher = match(text, "a size like 512, 64k, 256m or 2g");
      long number = Long.parseLong(matcher.group(1));
      return new Bytes(
          switch (matcher.group(2)) {
            case "" -> number;
            case "k" -> number << 10;
            case "m" -> number << 20;
            case "g" -> number << 30;
            default -> throw wrong(text, "a size like 512, 64k, 256m or 2g");
          });
    }
  }

  private static Matcher match(String text, String expected) {
    Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw wrong(text, expected);
    }
    return matcher;
  }

  private static TypeConversionException wrong(String text, String expected) {
    return new TypeConversionException("'" + text + "' is not " + expected);
  }
}
