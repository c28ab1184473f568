package herald.demo.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/** The page's own files, from the class path's {@code demo/}; {@code /} is the page. */
final class PageFiles implements HttpHandler {
  private static final Pattern NAME = Pattern.compile("/page/[a-z-]+\\.(js|css|svg)");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String name =
          path.equals("/")
              ? "index.html"
              : NAME.matcher(path).matches() ? path.substring("/page/".length()) : "";
      try (InputStream in =
          name.isEmpty() ? null : PageFiles.class.getResourceAsStream("/demo/" + name)) {
        if (in == null || !exchange.getRequestMethod().equals("GET")) {
          send(exchange, 404, "text/plain", "no such page\n".getBytes(StandardCharsets.UTF_8));
        } else {
          String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
          send(exchange, 200, String.valueOf(type), in.readAllBytes());
        }
      }
    }
  }

  /** The browser loads nothing from elsewhere, and runs nothing that is not a file of the page. */
  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-cache");
    exchange
        .getResponseHeaders()
        .set(
            "Content-Security-Policy",
            "default-src 'self'; connect-src 'self' ws:; frame-ancestors 'none'");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
