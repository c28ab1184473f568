package herald.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Queries of any bytes: canonical form and refusals as those of a model that goes another way. */
class CanonicalRequestFuzzTest {
  private static final Set<String> NOT_SIGNED = Set.of("app_name", "api_key", "signature");

  @FuzzTest(maxDuration = "3m")
  void canonicalFormIsThatOfTheModel(byte[] bytes) throws Exception {
    // Netty hands over a request line as Latin-1.
    String query = new String(bytes, StandardCharsets.ISO_8859_1);
    String expected = model(query);
    SignedRequest request;
    try {
      request = SignedRequest.parse("/p", query);
    } catch (MalformedRequestException e) {
      assertThat(expected).isNull();

      return;
    }
    assertThat(request.canonical()).isEqualTo("/p" + expected);
    // What is canonical is its own canonical form, or two texts would have one signature.
    String canonicalQuery =
        request.canonical().substring(Math.min(3, request.canonical().length()));
    assertThat(SignedRequest.parse("/p", canonicalQuery).canonical())
        .isEqualTo(request.canonical());
  }

  /** The canonical query with its question mark; null where it can't be read. */
  private static @Nullable String model(String query) {
    if (query.contains(";")) {
      return null;
    }
    TreeMap<String, List<String>> values = new TreeMap<>();
    for (String pair : query.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      String name = unescape(parts[0]);
      String value = parts.length == 2 ? unescape(parts[1]) : "";
      if (name == null || value == null) {
        return null;
      }
      if (!pair.isEmpty()) {
        values.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
      }
    }
    StringBuilder text = new StringBuilder();
    values.forEach(
        (name, all) -> {
          if (!NOT_SIGNED.contains(name)) {
            for (String value : all) {
              text.append(text.isEmpty() ? '?' : '&');
              text.append(escape(name)).append('=').append(escape(value));
            }
          }
        });
    return text.toString();
  }

  /** One character for each byte; null for a bad escape. */
  private static @Nullable String unescape(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < utf8.length; i++) {
      if (utf8[i] != '%') {
        out.write(utf8[i] == '+' ? ' ' : utf8[i]);
        continue;
      }
      String digits =
          new String(utf8, i + 1, Math.min(2, utf8.length - i - 1), StandardCharsets.US_ASCII);
      if (!digits.matches("[0-9a-fA-F]{2}")) {
        return null;
      }
      out.write(Integer.parseInt(digits, 16));
      i += 2;
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private static String escape(String latin) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < latin.length(); i++) {
      char c = latin.charAt(i);
      boolean bare = String.valueOf(c).matches("[A-Za-z0-9._~-]");
      text.append(bare ? String.valueOf(c) : c == ' ' ? "+" : "%%%02X".formatted((int) c));
    }
    return text.toString();
  }
}
