package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real Prometheus with the rules of deploy/, which scrapes often. */
final class PrometheusServer implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 60;

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = Tool.freePort();
  private final Process process;

  /** Starts it, with its data and its output in {@code folder}, and waits until it is ready. */
  PrometheusServer(Tool prometheus, Path folder, int scrapedPort)
      throws IOException, InterruptedException {
    this(prometheus, folder, "prometheus.yml", Map.of("gateway", scrapedPort));
  }

  /**
   * The same for more than a gateway.
   *
   * @param file the configuration
   * @param scrapedPorts by the names of the hosts that the configuration has
   */
  PrometheusServer(Tool prometheus, Path folder, String file, Map<String, Integer> scrapedPorts)
      throws IOException, InterruptedException {
    String text = DeployFiles.text("prometheus/" + file).replace("15s", "500ms");
    for (Map.Entry<String, Integer> scraped : scrapedPorts.entrySet()) {
      text = text.replace(scraped.getKey() + ":9090", "127.0.0.1:" + scraped.getValue());
    }
    Path configuration = Files.writeString(folder.resolve("prometheus.yml"), text);
    Files.copy(DeployFiles.path("prometheus/herald.rules.yml"), folder.resolve("herald.rules.yml"));
    Path output = folder.resolve("output");
    process =
        prometheus.start(
            output,
            "--config.file=" + configuration,
            "--storage.tsdb.path=" + folder.resolve("data"),
            "--web.listen-address=127.0.0.1:" + port);
    Eventually.holds(
        "Prometheus is ready; it says: " + output,
        DEADLINE_SECONDS,
        () -> {
          assertThat(process.isAlive()).as("it runs: %s", output).isTrue();
          return isReady();
        });
  }

  private boolean isReady() throws InterruptedException {
    try {
      return get("/-/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** The values of an instant query; not a number where there is none. */
  List<Double> query(String expression) throws IOException, InterruptedException {
    JsonArray results =
        api("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
            .getAsJsonArray("result");
    List<Double> values = new ArrayList<>();
    for (JsonElement result : results) {
      values.add(
          Double.valueOf(result.getAsJsonObject().getAsJsonArray("value").get(1).getAsString()));
    }
    return values;
  }

  /** The rules, with their names, health and state. */
  List<JsonObject> rules() throws IOException, InterruptedException {
    List<JsonObject> rules = new ArrayList<>();
    for (JsonElement group : api("rules").getAsJsonArray("groups")) {
      group.getAsJsonObject().getAsJsonArray("rules").forEach(r -> rules.add(r.getAsJsonObject()));
    }
    return rules;
  }

  private JsonObject api(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = get("/api/v1/" + path);
    assertThat(response.statusCode()).as("%s: %s", path, response.body()).isEqualTo(200);
    return JsonParser.parseString(response.body()).getAsJsonObject().getAsJsonObject("data");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
