package herald.demo.page;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import herald.demo.api.JsonObject;
import herald.protocol.HashIds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * {@code /demo/…}: what the page itself needs, beside the platform's API. Answers JSON with 200, or
 * {@code {"error": "<reason>"}}. Any thread; waits for the database.
 */
final class Controls implements HttpHandler {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N} ._-]{1,30}");
  private static final Pattern WALLET = Pattern.compile("0x[0-9a-f]{40}");
  private static final int MAX_PEOPLE = 1_000;

  private final People people;
  private final Tunnels tunnels;
  private final Faults faults;
  private final Ledger ledger;
  private final LiveFeed live;
  private final Pulse pulse;

  Controls(
      People people, Tunnels tunnels, Faults faults, Ledger ledger, LiveFeed live, Pulse pulse) {
    this.people = people;
    this.tunnels = tunnels;
    this.faults = faults;
    this.ledger = ledger;
    this.live = live;
    this.pulse = pulse;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        switch (exchange.getRequestMethod()) {
          case "GET" -> get(exchange);
          default -> {
            JsonObject body = JsonAnswers.bodyOrNull(exchange);
            if (body != null) {
              post(exchange, body);
            }
          }
        }
      } catch (SQLException e) {
        JsonAnswers.refuse(exchange, 503, "the database does not answer");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void get(HttpExchange exchange) throws IOException, SQLException {
    switch (exchange.getRequestURI().getPath()) {
      case "/demo/live" -> live.serve(exchange);
      case "/demo/clock" -> JsonAnswers.send(exchange, 200, "{\"micros\":" + nowMicros() + "}");
      case "/demo/pulse" -> JsonAnswers.send(exchange, 200, pulse.asJson());
      case "/demo/people" -> people(exchange);
      case "/demo/ledger" -> ledger(exchange);
      default -> JsonAnswers.refuse(exchange, 404, "no such path");
    }
  }

  private void people(HttpExchange exchange) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(body)) {
      json.writeStartObject();
      json.writeNumberField("micros", nowMicros());
      json.writeArrayFieldStart("people");
      for (People.Person person : people.all()) {
        writePerson(json, person);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    JsonAnswers.send(exchange, 200, body.toString(StandardCharsets.UTF_8));
  }

  private static void writePerson(JsonGenerator json, People.Person person) throws IOException {
    json.writeStartObject();
    json.writeStringField("user_id", HashIds.encode(person.user().userId()));
    json.writeStringField("name", person.name());
    json.writeStringField("role", person.role());
    json.writeStringField("wallet", person.user().wallet());
    if (!person.keyHex().isEmpty()) {
      json.writeStringField("key", person.keyHex());
    }
    json.writeEndObject();
  }

  private void ledger(HttpExchange exchange) throws IOException, SQLException {
    Map<String, String> query = query(exchange);
    OptionalInt userId = HashIds.decode(query.getOrDefault("user", ""));
    long since;
    try {
      since = Long.parseLong(query.getOrDefault("since", ""));
    } catch (NumberFormatException e) {
      since = -1;
    }
    if (userId.isEmpty() || since < 0) {
      JsonAnswers.refuse(
          exchange, 400, "expected: user, a hash id, and since, microseconds since the epoch");
      return;
    }
    LocalDateTime sinceUtc =
        LocalDateTime.ofInstant(Instant.EPOCH.plus(since, ChronoUnit.MICROS), ZoneOffset.UTC);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(body)) {
      json.writeStartObject();
      json.writeArrayFieldStart("expected");
      for (String key : ledger.expected(userId.getAsInt(), sinceUtc)) {
        json.writeString(key);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    JsonAnswers.send(exchange, 200, body.toString(StandardCharsets.UTF_8));
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new HashMap<>();
    String text = exchange.getRequestURI().getQuery();
    for (String pair : text == null ? new String[0] : text.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        query.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return query;
  }

  private void post(HttpExchange exchange, JsonObject body)
      throws IOException, SQLException, InterruptedException {
    String client = String.valueOf(body.textOrNull("client"));
    switch (exchange.getRequestURI().getPath()) {
      case "/demo/people" -> {
        add(exchange, body);
        return;
      }
      case "/demo/cut" -> tunnels.cut(client);
      case "/demo/slow" -> tunnels.setSlow(client, Boolean.TRUE.equals(body.booleanOrNull("slow")));
      case "/demo/kill-listener" -> faults.killListener();
      case "/demo/restart-database" -> faults.restartDatabase();
      default -> {
        JsonAnswers.refuse(exchange, 404, "no such path");
        return;
      }
    }
    JsonAnswers.send(exchange, 200, "{}");
  }

  private void add(HttpExchange exchange, JsonObject body) throws IOException, SQLException {
    String name = String.valueOf(body.textOrNull("name"));
    String wallet = String.valueOf(body.textOrNull("wallet"));
    if (!NAME.matcher(name).matches() || !WALLET.matcher(wallet).matches()) {
      JsonAnswers.refuse(
          exchange, 400, "expected: name, up to 30 letters, and wallet, 0x and 40 hex digits");
      return;
    }
    if (people.all().size() >= MAX_PEOPLE) {
      JsonAnswers.refuse(exchange, 400, "there are " + MAX_PEOPLE + " people already");
      return;
    }
    boolean follows = Boolean.TRUE.equals(body.booleanOrNull("follows_artist"));
    People.Person person =
        people.add(name, follows ? "follows the artist" : "follows nobody", wallet, "");
    if (follows) {
      people.followArtist(person);
    }
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(answer)) {
      writePerson(json, person);
    }
    JsonAnswers.send(exchange, 200, answer.toString(StandardCharsets.UTF_8));
  }

  private static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
