package herald.demo.page;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Server-sent events (HTML Living Standard, section 9.2) to every open page. A page that does not
 * read loses the oldest: the page asks for what it needs to know for sure. Any thread.
 */
final class LiveFeed {
  private static final int MAX_WAITING = 1_000;
  private static final long COMMENT_EVERY_SECONDS = 5;

  private final Set<BlockingQueue<String>> pages = ConcurrentHashMap.newKeySet();

  /** Whether anybody listens. */
  boolean hasPages() {
    return !pages.isEmpty();
  }

  /** Tells every page. */
  void tell(String event, String json) {
    String text = "event: " + event + "\ndata: " + json + "\n\n";
    for (BlockingQueue<String> page : pages) {
      while (!page.offer(text)) {
        page.poll();
      }
    }
  }

  /** Serves one page on the calling thread until it goes. */
  void serve(HttpExchange exchange) throws IOException {
    BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    pages.add(waiting);
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(": hello\n\n".getBytes(StandardCharsets.UTF_8));
      out.flush();
      while (true) {
        String text = waiting.poll(COMMENT_EVERY_SECONDS, TimeUnit.SECONDS);
        out.write((text == null ? ": still here\n\n" : text).getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      pages.remove(waiting);
    }
  }
}
