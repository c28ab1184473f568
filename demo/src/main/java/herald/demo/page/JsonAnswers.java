package herald.demo.page;

import com.sun.net.httpserver.HttpExchange;
import herald.demo.api.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How {@code /demo/…} takes and answers JSON. Any thread. */
final class JsonAnswers {
  private static final int MAX_BODY_BYTES = 4 * 1024;

  private JsonAnswers() {}

  /**
   * The body of a POST; null if it was refused. It has to be {@code application/json}: no page from
   * elsewhere can send that without asking first, and nobody answers.
   */
  static @Nullable JsonObject bodyOrNull(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      refuse(exchange, 405, "only GET and POST");
      return null;
    }
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type == null || !type.startsWith("application/json")) {
      refuse(exchange, 415, "expected: application/json");
      return null;
    }
    byte[] bytes = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES);
    JsonObject body = JsonObject.parseOrNull(new String(bytes, StandardCharsets.UTF_8));
    if (body == null) {
      refuse(exchange, 400, "the body is no JSON object");
    }
    return body;
  }

  static void refuse(HttpExchange exchange, int status, String reason) throws IOException {
    send(exchange, status, "{\"error\":\"" + reason + "\"}");
  }

  static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
