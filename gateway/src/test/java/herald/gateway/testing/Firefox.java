package herald.gateway.testing;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A headless Firefox with one page, driven by WebDriver BiDi, which it speaks without a driver. A
 * test that asks for one is skipped where none is installed (Debian: {@code firefox-esr}).
 */
public final class Firefox implements AutoCloseable {
  private static final List<String> BROWSERS = List.of("/usr/bin/firefox-esr", "/usr/bin/firefox");
  private static final Pattern LISTENING =
      Pattern.compile("WebDriver BiDi listening on (ws://\\S+)");
  private static final long DEADLINE_SECONDS = 40;

  private final Process process;
  private final Messages messages = new Messages();
  private final WebSocket socket;
  private final String version;
  private final String context;
  private int lastId;

  private Firefox(Process process) throws IOException, InterruptedException {
    this.process = process;
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(address(process) + "/session"), messages)
            .join();
    JsonObject always = new JsonObject();
    always.addProperty("acceptInsecureCerts", true);
    JsonObject capabilities = new JsonObject();
    capabilities.add("alwaysMatch", always);
    JsonObject session = new JsonObject();
    session.add("capabilities", capabilities);
    version =
        call("session.new", session)
            .getAsJsonObject("capabilities")
            .get("browserVersion")
            .getAsString();
    context =
        call("browsingContext.getTree", new JsonObject())
            .getAsJsonArray("contexts")
            .get(0)
            .getAsJsonObject()
            .get("context")
            .getAsString();
  }

  /**
   * Starts a browser, or skips the test.
   *
   * @param profile an empty folder
   * @param preferences names and values as in {@code about:config}, texts with their quotes
   */
  public static Firefox open(Path profile, Map<String, String> preferences)
      throws IOException, InterruptedException {
    String program =
        BROWSERS.stream().filter(path -> Files.isExecutable(Path.of(path))).findFirst().orElse("");
    Assumptions.assumeFalse(
        program.isEmpty(), "skipped: no Firefox is installed (Debian: firefox-esr)");
    StringBuilder lines = new StringBuilder();
    preferences.forEach(
        (name, value) -> lines.append("user_pref(\"%s\", %s);%n".formatted(name, value)));
    Files.writeString(profile.resolve("user.js"), lines);
    Process started =
        new ProcessBuilder(
                program,
                "--headless",
                "--no-remote",
                "--profile",
                profile.toString(),
                "--remote-debugging-port",
                "0")
            .redirectErrorStream(true)
            .start();
    try {
      return new Firefox(started);
    } catch (IOException | InterruptedException | RuntimeException e) {
      started.destroyForcibly();
      throw e;
    }
  }

  private static String address(Process process) throws IOException {
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher matcher = LISTENING.matcher(line);
      if (matcher.find()) {
        Thread rest = new Thread(() -> lines.lines().forEach(said -> {}), "firefox-output");
        rest.setDaemon(true);
        rest.start();
        return matcher.group(1);
      }
    }
    throw new IOException("Firefox ended before it listened");
  }

  /** Name and version. */
  public String version() {
    return "Firefox " + version;
  }

  /** Opens a page. */
  public void go(String url) throws InterruptedException {
    JsonObject where = new JsonObject();
    where.addProperty("context", context);
    where.addProperty("url", url);
    where.addProperty("wait", "complete");
    call("browsingContext.navigate", where);
  }

  /** The text to which a promise of the page resolves. */
  public String await(String promise) throws InterruptedException {
    JsonObject target = new JsonObject();
    target.addProperty("context", context);
    JsonObject script = new JsonObject();
    script.addProperty("expression", promise);
    script.addProperty("awaitPromise", true);
    script.add("target", target);
    JsonObject result = call("script.evaluate", script);
    if (!result.get("type").getAsString().equals("success")) {
      throw new AssertionError("the page's script failed: " + result);
    }
    return result.getAsJsonObject("result").get("value").getAsString();
  }

  private JsonObject call(String method, JsonObject parameters) throws InterruptedException {
    JsonObject command = new JsonObject();
    command.addProperty("id", ++lastId);
    command.addProperty("method", method);
    command.add("params", parameters);
    socket.sendText(command.toString(), true).join();
    while (true) {
      String text = messages.whole.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      if (text == null) {
        throw new AssertionError("Firefox does not answer to " + method);
      }
      JsonObject message = JsonParser.parseString(text).getAsJsonObject();
      if (!message.has("id") || message.get("id").getAsInt() != lastId) {
        continue;
      }
      if (!message.has("result")) {
        throw new AssertionError(method + " failed: " + text);
      }
      return message.getAsJsonObject("result");
    }
  }

  @Override
  public void close() {
    socket.abort();
    process.destroy();
    try {
      if (process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }

  /** Puts what the browser sends together. */
  private static final class Messages implements WebSocket.Listener {
    private final BlockingQueue<String> whole = new LinkedBlockingQueue<>();
    private final StringBuilder begun = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean isLast) {
      begun.append(text);
      if (isLast) {
        whole.add(begun.toString());
        begun.setLength(0);
      }
      from.request(1);
      return null;
    }
  }
}
