package herald.demo.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import herald.demo.api.JsonObject;
import herald.demo.gateways.GatewayInstances;
import java.io.IOException;

/**
 * {@code /demo/instances…}: which instances there are and who is connected to which; kills one,
 * brings it back, moves a client to another one. Any thread.
 */
final class InstanceControls implements HttpHandler {
  private final GatewayInstances instances;
  private final Routes routes;
  private final Tunnels tunnels;
  private final InstanceNote note;

  InstanceControls(GatewayInstances instances, Routes routes, Tunnels tunnels, InstanceNote note) {
    this.instances = instances;
    this.routes = routes;
    this.tunnels = tunnels;
    this.note = note;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (exchange.getRequestMethod().equals("GET")) {
        JsonAnswers.send(exchange, 200, note.asJson());
        return;
      }
      JsonObject body = JsonAnswers.bodyOrNull(exchange);
      if (body != null) {
        post(exchange, body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void post(HttpExchange exchange, JsonObject body)
      throws IOException, InterruptedException {
    String client = String.valueOf(body.textOrNull("client"));
    int number = number(body);
    switch (exchange.getRequestURI().getPath()) {
      case "/demo/instances/move" -> {
        if (routes.move(client)) {
          tunnels.cut(client);
          JsonAnswers.send(exchange, 200, "{}");
        } else {
          JsonAnswers.refuse(exchange, 409, "the other instance is not ready");
        }
      }
      case "/demo/instances/kill" -> answer(exchange, instances.kill(number));
      case "/demo/instances/bring-back" -> answer(exchange, instances.bringBack(number));
      default -> JsonAnswers.refuse(exchange, 404, "no such path");
    }
  }

  private static void answer(HttpExchange exchange, boolean isDone) throws IOException {
    if (isDone) {
      JsonAnswers.send(exchange, 200, "{}");
    } else {
      JsonAnswers.refuse(exchange, 409, "not now: one instance has to be ready");
    }
  }

  private static int number(JsonObject body) {
    String text = body.textOrNull("instance");
    return text != null && text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : 0;
  }
}
