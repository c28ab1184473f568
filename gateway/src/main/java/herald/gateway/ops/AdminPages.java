package herald.gateway.ops;

import herald.protocol.HashIds;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The pages of the admin address, by their paths. Admin thread. */
public final class AdminPages {
  private static final String PLAIN_TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";

  /** The answer when a page can't be shown. */
  static final Page FAILED =
      Page.text(
          HttpResponseStatus.INTERNAL_SERVER_ERROR,
          "this page can't be shown at the moment; the log says why\n");

  /** The answer to a request without the token; the second word makes browsers ask for it. */
  static final Page UNAUTHORIZED =
      new Page(
          HttpResponseStatus.UNAUTHORIZED,
          PLAIN_TEXT,
          "the token is missing or wrong (expected: Authorization: Bearer, with what the file of"
              + " --admin-token-file holds)\n",
          Map.of(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer, Basic realm=\"herald\""));

  /** The answer to a request on a connection without a client certificate. */
  static final Page NO_CERTIFICATE =
      Page.text(
          HttpResponseStatus.FORBIDDEN,
          "a client certificate is missing (expected: one of an authority in the file of"
              + " --admin-client-ca)\n");

  private static final Page NO_SUCH_USER =
      Page.text(
          HttpResponseStatus.BAD_REQUEST,
          "user names nobody (expected: a hash id or a user id, as in /status?user=7eP5n)\n");

  private final UnaryOperator<String> metrics;
  private final Supplier<@Nullable String> notReadyReason;
  private final Runnable beginDrain;
  private final StatusReport status;
  private final UserReport users;

  /**
   * An answer.
   *
   * @param body goes out as UTF-8
   */
  record Page(
      HttpResponseStatus status, String type, String body, Map<CharSequence, String> headers) {
    Page(HttpResponseStatus status, String type, String body) {
      this(status, type, body, Map.of());
    }

    static Page text(HttpResponseStatus status, String text) {
      return new Page(status, PLAIN_TEXT, text);
    }

    /** For a method that the path does not have. */
    static Page notAllowed(String methods, String text) {
      return new Page(
          HttpResponseStatus.METHOD_NOT_ALLOWED,
          PLAIN_TEXT,
          text,
          Map.of(HttpHeaderNames.ALLOW, methods));
    }
  }

  /**
   * @param metrics gives them in the format of this content type
   * @param notReadyReason why the instance should get no new clients; null while it is ready
   * @param beginDrain begins a drain if none has begun; must not block
   */
  public AdminPages(
      UnaryOperator<String> metrics,
      Supplier<@Nullable String> notReadyReason,
      Runnable beginDrain,
      StatusReport status,
      UserReport users) {
    this.metrics = metrics;
    this.notReadyReason = notReadyReason;
    this.beginDrain = beginDrain;
    this.status = status;
    this.users = users;
  }

  /**
   * Answers a request; never waits. A query string that means nothing to a page is ignored, since
   * scrapers and load balancers add their own. HEAD is answered like GET; the server leaves the
   * body out.
   */
  CompletionStage<Page> answer(FullHttpRequest request) {
    String path = path(request);
    return path.equals("/status") && isRead(request)
        ? status(request)
        : CompletableFuture.completedFuture(answerAtOnce(request, path));
  }

  /** The instance, or with {@code ?user=} one of its users. */
  private CompletionStage<Page> status(FullHttpRequest request) {
    String name;
    try {
      List<String> names =
          new QueryStringDecoder(request.uri()).parameters().getOrDefault("user", List.of());
      if (names.isEmpty()) {
        return status.write().thenApply(AdminPages::json);
      }
      name = names.get(0);
    } catch (IllegalArgumentException e) {
      name = "";
    }
    OptionalInt user = HashIds.decode(name);
    return user.isEmpty()
        ? CompletableFuture.completedFuture(NO_SUCH_USER)
        : users.write(user.getAsInt()).thenApply(AdminPages::json);
  }

  private static Page json(String text) {
    return new Page(HttpResponseStatus.OK, JSON, text);
  }

  private static String path(FullHttpRequest request) {
    int query = request.uri().indexOf('?');
    return query < 0 ? request.uri() : request.uri().substring(0, query);
  }

  private static boolean isRead(FullHttpRequest request) {
    return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
  }

  private Page answerAtOnce(FullHttpRequest request, String path) {
    if (request.method().equals(HttpMethod.POST) && path.equals("/drain")) {
      return drain(request);
    }
    if (request.method().equals(HttpMethod.POST) && path.equals("/log-level")) {
      return LogLevelPage.change(request);
    }
    if (!isRead(request)) {
      return Page.notAllowed(allowed(path), "only GET and HEAD, POST /drain and POST /log-level\n");
    }
    return switch (path) {
      case "/metrics" -> metrics(request);
      case "/livez" -> Page.text(HttpResponseStatus.OK, "alive\n");
      case "/readyz" -> ready();
      case "/log-level" -> LogLevelPage.show();
      case "/drain" -> Page.notAllowed(allowed(path), "a drain begins with POST\n");
      default -> live(path);
    };
  }

  private static String allowed(String path) {
    return switch (path) {
      case "/drain" -> "POST";
      case "/log-level" -> "GET, HEAD, POST";
      default -> "GET, HEAD";
    };
  }

  /** Whether the request is that of a load balancer or an orchestrator. */
  static boolean isProbe(FullHttpRequest request) {
    String path = path(request);
    return isRead(request) && (path.equals("/livez") || path.equals("/readyz"));
  }

  private Page metrics(FullHttpRequest request) {
    String type =
        MetricsFormat.choose(request.headers().getAll(HttpHeaderNames.ACCEPT)).contentType();
    return new Page(HttpResponseStatus.OK, type, metrics.apply(type));
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
