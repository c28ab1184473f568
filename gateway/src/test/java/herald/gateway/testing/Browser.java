package herald.gateway.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A headless Chromium with one page, driven through its DevTools protocol, for which the JDK's own
 * clients suffice. Who uses it asks {@link #isInstalled} first.
 */
public final class Browser implements AutoCloseable {
  /** What a test says that is skipped. */
  public static final String NOT_INSTALLED =
      "no Chromium is installed (Debian: apt-get install chromium)";

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final Pattern LISTENING =
      Pattern.compile("DevTools listening on ws://127\\.0\\.0\\.1:(\\d+)/");
  private static final long ANSWER_SECONDS = 30;

  private final Process process;
  private final Path profile;
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket page;
  private final AtomicLong lastId = new AtomicLong();
  private final Map<Long, CompletableFuture<String>> waiting = new ConcurrentHashMap<>();

  private Browser(Process process, Path profile) throws IOException {
    this.process = process;
    this.profile = profile;
    try {
      int port = port(process);
      URI make = URI.create("http://127.0.0.1:" + port + "/json/new?about:blank");
      HttpRequest request =
          HttpRequest.newBuilder(make).PUT(HttpRequest.BodyPublishers.noBody()).build();
      String made = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      page =
          http.newWebSocketBuilder()
              .buildAsync(URI.create(field(made, "webSocketDebuggerUrl")), new Answers())
              .join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether there is a Chromium on the PATH. */
  public static boolean isInstalled() {
    return executable() != null;
  }

  private static @Nullable Path executable() {
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      for (String name : NAMES) {
        Path candidate = Path.of(folder, name);
        if (Files.isExecutable(candidate)) {
          return candidate;
        }
      }
    }
    return null;
  }

  /** Starts it with an empty page. */
  public static Browser start() throws IOException {
    Path profile = Files.createTempDirectory("herald-browser");
    ProcessBuilder builder =
        new ProcessBuilder(
            String.valueOf(executable()),
            "--headless=new",
            "--no-sandbox", // Tests may run as root, where Chromium's sandbox does not.
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--remote-debugging-port=0",
            "--user-data-dir=" + profile,
            "about:blank");
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    return new Browser(builder.start(), profile);
  }

  private static int port(Process process) throws IOException {
    BufferedReader lines = process.errorReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher listening = LISTENING.matcher(line);
      if (listening.find()) {
        Thread rest = new Thread(() -> lines.lines().forEach(ignored -> {}), "browser-output");
        rest.setDaemon(true);
        rest.start();
        return Integer.parseInt(listening.group(1));
      }
    }
    throw new IOException("the browser ended before it listened");
  }

  /** Goes to {@code url} in a window of this size. */
  public void open(String url, int width, int height) {
    send(
        "Emulation.setDeviceMetricsOverride",
        "{\"width\":%d,\"height\":%d,\"deviceScaleFactor\":1,\"mobile\":false}"
            .formatted(width, height));
    send("Page.navigate", "{\"url\":" + quoted(url) + "}");
  }

  /** Has pages believe that the user wants {@code light} or {@code dark} colours. */
  public void setColorScheme(String scheme) {
    send(
        "Emulation.setEmulatedMedia",
        "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":" + quoted(scheme) + "}]}");
  }

  /** The value of a JavaScript expression, as text. */
  public String evaluate(String expression) {
    String answer =
        send(
            "Runtime.evaluate",
            "{\"returnByValue\":true,\"awaitPromise\":true,\"expression\":"
                + quoted("String(" + expression + ")")
                + "}");
    if (answer.contains("\"exceptionDetails\"")) {
      throw new AssertionError(expression + ": " + answer);
    }
    return field(answer, "value");
  }

  /** Writes what the window shows as PNG. */
  public void screenshot(Path file) throws IOException {
    String data = field(send("Page.captureScreenshot", "{\"format\":\"png\"}"), "data");
    Files.write(file, Base64.getDecoder().decode(data));
  }

  private String send(String method, String parameters) {
    long id = lastId.incrementAndGet();
    CompletableFuture<String> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    page.sendText(
            "{\"id\":%d,\"method\":\"%s\",\"params\":%s}".formatted(id, method, parameters), true)
        .join();
    return answer.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  /** The first field of this name, at whatever depth. */
  private static String field(String json, String name) {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME && name.equals(parser.currentName())) {
          parser.nextToken();
          return parser.getText();
        }
      }
    } catch (IOException e) {
      throw new AssertionError("the browser's answer is no JSON", e);
    }
    throw new AssertionError("the browser's answer has no " + name + ": " + json);
  }

  private final class Answers implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        String message = text.toString();
        text.setLength(0);
        // An event has no id.
        if (message.startsWith("{\"id\":")) {
          CompletableFuture<String> asked = waiting.remove(Long.parseLong(field(message, "id")));
          if (asked != null) {
            asked.complete(message);
          }
        }
      }
      socket.request(1);
      return null;
    }
  }

  @Override
  public void close() {
    page.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS);
      try (Stream<Path> files = Files.walk(profile)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      // A file of the profile that is still being written: it stays in the temporary folder.
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
