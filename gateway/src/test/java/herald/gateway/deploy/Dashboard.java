package herald.gateway.deploy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The expressions of the Grafana dashboard, as Prometheus gets them. */
final class Dashboard {
  private Dashboard() {}

  /**
   * Number and title of the panel and legend, and the expression.
   *
   * @param rateInterval what Grafana would put in for {@code $__rate_interval}
   */
  static Map<String, String> expressions(String rateInterval) throws IOException {
    Map<String, String> expressions = new LinkedHashMap<>();
    JsonObject dashboard =
        JsonParser.parseString(DeployFiles.text("grafana/herald.json")).getAsJsonObject();
    for (JsonElement panel : dashboard.getAsJsonArray("panels")) {
      if (panel.getAsJsonObject().has("targets")) {
        for (JsonElement target : panel.getAsJsonObject().getAsJsonArray("targets")) {
          expressions.put(
              member(panel, "id")
                  + " "
                  + member(panel, "title")
                  + ": "
                  + member(target, "legendFormat"),
              member(target, "expr")
                  .replace("$__rate_interval", rateInterval)
                  .replace("$instance", ".*"));
        }
      }
    }
    return expressions;
  }

  private static String member(JsonElement object, String name) {
    return object.getAsJsonObject().get(name).getAsString();
  }
}
