package herald.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request whose canonical form is what the client has signed: the path, and the parameters
 * without those that the signature does not cover, in the order and the escapes of Go's {@code
 * url.Values.Encode}.
 *
 * <p>Names and values are kept as Latin-1 strings, one character for each decoded byte: what a
 * client escapes need not be UTF-8, and goes into the canonical form byte by byte.
 */
public final class SignedRequest {
  private static final Set<String> NOT_SIGNED = Set.of("app_name", "api_key", "signature");
  private static final String HEX = "0123456789ABCDEF";

  private final String canonical;
  private final List<Parameter> parameters;

  private record Parameter(String name, String value) {}

  private SignedRequest(String canonical, List<Parameter> parameters) {
    this.canonical = canonical;
    this.parameters = parameters;
  }

  /**
   * Reads a path and the raw query that follows its {@code ?}, which may be empty.
   *
   * @throws MalformedRequestException for a {@code ;} or a bad percent escape, as Go does
   */
  public static SignedRequest parse(String path, String rawQuery) throws MalformedRequestException {
    List<Parameter> parameters = new ArrayList<>();
    if (rawQuery.indexOf(';') >= 0) {
      throw new MalformedRequestException("the query holds a semicolon");
    }
    String query =
        new String(rawQuery.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    for (int begin = 0; begin <= query.length(); ) {
      int end = query.indexOf('&', begin);
      end = end < 0 ? query.length() : end;
      if (end > begin) {
        int equals = query.indexOf('=', begin);
        boolean hasValue = equals >= 0 && equals < end;
        parameters.add(
            new Parameter(
                unescape(query, begin, hasValue ? equals : end),
                hasValue ? unescape(query, equals + 1, end) : ""));
      }
      begin = end + 1;
    }
    return new SignedRequest(canonical(path, parameters), parameters);
  }

  private static String canonical(String path, List<Parameter> parameters) {
    StringBuilder text = new StringBuilder(path);
    char separator = '?';
    List<Parameter> sorted =
        parameters.stream()
            .filter(parameter -> !NOT_SIGNED.contains(parameter.name))
            .sorted(Comparator.comparing(Parameter::name))
            .toList();
    for (Parameter parameter : sorted) {
      text.append(separator);
      escape(parameter.name, text);
      text.append('=');
      escape(parameter.value, text);
      separator = '&';
    }
    return text.toString();
  }

  /** What the client has signed, before hashing: its UTF-8 bytes are hashed. */
  public String canonical() {
    return canonical;
  }

  /** The first value of a parameter; null if it is not there. */
  public @Nullable String parameter(String name) {
    for (Parameter parameter : parameters) {
      if (parameter.name.equals(name)) {
        return parameter.value;
      }
    }
    return null;
  }

  /** All values of a parameter, in their order. */
  public List<String> parameters(String name) {
    return parameters.stream()
        .filter(parameter -> parameter.name.equals(name))
        .map(Parameter::value)
        .toList();
  }

  /** Nothing of the query: it holds the signature. */
  @Override
  public String toString() {
    return "SignedRequest with " + parameters.size() + " parameters";
  }

  private static String unescape(String text, int begin, int end) throws MalformedRequestException {
    StringBuilder plain = new StringBuilder(end - begin);
    for (int i = begin; i < end; i++) {
      char c = text.charAt(i);
      if (c == '+') {
        plain.append(' ');
      } else if (c != '%') {
        plain.append(c);
      } else {
        int high = i + 2 < end ? hexDigit(text.charAt(i + 1)) : -1;
        int low = i + 2 < end ? hexDigit(text.charAt(i + 2)) : -1;
        if (high < 0 || low < 0) {
          throw new MalformedRequestException("the query holds a bad percent escape");
        }
        plain.append((char) (high << 4 | low));
        i += 2;
      }
    }
    return plain.toString();
  }

  /** ASCII only: {@link Character#digit} would also take digits of other scripts. */
  private static int hexDigit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  private static void escape(String bytes, StringBuilder into) {
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      if (isBare(c)) {
        into.append(c);
      } else if (c == ' ') {
        into.append('+');
      } else {
        into.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
  }

  private static boolean isBare(char c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '.'
        || c == '~';
  }
}
