package herald.gateway.ops;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The pages of the admin address, by their paths. Admin thread. */
public final class AdminPages {
  private static final String PLAIN_TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  /** The answer when a page can't be shown. */
  static final Page FAILED =
      Page.text(
          HttpResponseStatus.INTERNAL_SERVER_ERROR,
          "this page can't be shown at the moment; the log says why\n");

  private final Supplier<String> metrics;
  private final Supplier<@Nullable String> notReadyReason;
  private final Runnable beginDrain;
  private final StatusReport status;

  /**
   * An answer.
   *
   * @param body goes out as UTF-8
   */
  record Page(HttpResponseStatus status, String type, String body) {
    private static Page text(HttpResponseStatus status, String text) {
      return new Page(status, PLAIN_TEXT, text);
    }
  }

  /**
   * @param metrics as Prometheus reads them
   * @param notReadyReason why the instance should get no new clients; null while it is ready
   * @param beginDrain begins a drain if none has begun; must not block
   */
  public AdminPages(
      Supplier<String> metrics,
      Supplier<@Nullable String> notReadyReason,
      Runnable beginDrain,
      StatusReport status) {
    this.metrics = metrics;
    this.notReadyReason = notReadyReason;
    this.beginDrain = beginDrain;
    this.status = status;
  }

  /** Answers a request; never waits. */
  CompletionStage<Page> answer(FullHttpRequest request) {
    return request.uri().equals("/status") && request.method().equals(HttpMethod.GET)
        ? status.write().thenApply(text -> new Page(HttpResponseStatus.OK, JSON, text))
        : CompletableFuture.completedFuture(answerAtOnce(request));
  }

  private Page answerAtOnce(FullHttpRequest request) {
    if (request.method().equals(HttpMethod.POST) && request.uri().equals("/drain")) {
      return drain(request);
    }
    if (!request.method().equals(HttpMethod.GET)) {
      return Page.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET, and POST /drain\n");
    }
    return switch (request.uri()) {
      case "/metrics" -> new Page(HttpResponseStatus.OK, PROMETHEUS_TEXT, metrics.get());
      case "/livez" -> Page.text(HttpResponseStatus.OK, "alive\n");
      case "/readyz" -> ready();
      case "/drain" ->
          Page.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "a drain begins with POST\n");
      default -> live(request.uri());
    };
  }

  private static Page live(String path) {
    LivePage page = LivePage.at(path);
    return page == null
        ? Page.text(HttpResponseStatus.NOT_FOUND, "no such page\n")
        : new Page(HttpResponseStatus.OK, page.type(), page.text());
  }

  private Page ready() {
    String reason = notReadyReason.get();
    return reason == null
        ? Page.text(HttpResponseStatus.OK, "ready\n")
        : Page.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "not ready: " + reason + "\n");
  }

  /** Refuses browsers: any web page that an operator has open could send this request. */
  private Page drain(FullHttpRequest request) {
    if (request.headers().contains(HttpHeaderNames.ORIGIN)) {
      return Page.text(HttpResponseStatus.FORBIDDEN, "a drain can't begin from a web page\n");
    }
    beginDrain.run();
    return Page.text(HttpResponseStatus.ACCEPTED, "draining\n");
  }
}
