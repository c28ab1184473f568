package herald.demo.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import herald.demo.platform.Platform;
import herald.demo.platform.RpcLog;
import herald.demo.platform.SqlUpdates;
import herald.protocol.EventTimestamp;
import herald.protocol.HashIds;
import herald.protocol.MalformedRequestException;
import herald.protocol.SignedRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /comms/…} as the published client asks for it. Answers {@code {"data": …, "health":
 * {"is_healthy": true}}} with 200, or {@code {"error": "<reason>"}} with 400, 404, 405 or 503. Any
 * thread; waits for the database.
 */
public final class CommsApi implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(CommsApi.class);
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MAX_BODY_BYTES = 128 * 1024;
  private static final String CHATS = "/comms/chats/";
  private static final String MESSAGES = "/messages";
  private static final String PUBLIC_KEY = "/comms/pubkey/";

  private final DataSource database;
  private final Callers callers = new Callers();
  private final Mutations mutations;

  /**
   * @param database with the right to write to all of its tables
   * @param onApplied told of each operation right after its commit
   */
  public CommsApi(DataSource database, Consumer<AppliedRpc> onApplied) {
    this.database = database;
    mutations = new Mutations(new Platform(database), callers, onApplied);
  }

  /** Writes what stands behind {@code "data":}. */
  @FunctionalInterface
  private interface Data {
    void writeTo(JsonGenerator json) throws RefusedException, SQLException, IOException;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      allowOtherOrigins(exchange.getResponseHeaders());
      switch (exchange.getRequestMethod()) {
        case "OPTIONS" -> exchange.sendResponseHeaders(204, -1);
        case "GET" -> answer(exchange, json -> read(exchange, json));
        case "POST" -> answer(exchange, json -> mutate(exchange, json));
        default -> refuse(exchange, 405, "only GET and POST");
      }
    }
  }

  /** A page from anywhere may call: each request proves itself by its signature. */
  private static void allowOtherOrigins(Headers headers) {
    headers.set("Access-Control-Allow-Origin", "*");
    headers.set("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
    headers.set(
        "Access-Control-Allow-Headers",
        "content-type, x-sig, encoded-data-message, encoded-data-signature");
    headers.set("Access-Control-Max-Age", "600");
  }

  private static void answer(HttpExchange exchange, Data data) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(body)) {
      json.writeStartObject();
      json.writeFieldName("data");
      data.writeTo(json);
      json.writeObjectFieldStart("health");
      json.writeBooleanField("is_healthy", true);
      json.writeEndObject();
      json.writeEndObject();
    } catch (RefusedException e) {
      refuse(exchange, e.status(), e.getMessage());
      return;
    } catch (SQLException e) {
      LOG.warn("a request could not be answered: SQL state {}", e.getSQLState());
      refuse(exchange, 503, "the database does not answer");
      return;
    }
    send(exchange, 200, body.toByteArray());
  }

  private static void refuse(HttpExchange exchange, int status, @Nullable String reason)
      throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(body)) {
      json.writeStartObject();
      json.writeStringField("error", reason);
      json.writeEndObject();
    }
    send(exchange, status, body.toByteArray());
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private void mutate(HttpExchange exchange, JsonGenerator json)
      throws RefusedException, SQLException, IOException {
    if (!exchange.getRequestURI().getPath().equals("/comms/mutate")) {
      throw RefusedException.notFound("no such path");
    }
    byte[] body;
    try (InputStream in = exchange.getRequestBody()) {
      body = in.readNBytes(MAX_BODY_BYTES + 1);
    }
    if (body.length > MAX_BODY_BYTES) {
      throw RefusedException.badRequest("the body has over " + MAX_BODY_BYTES + " bytes");
    }
    AppliedRpc applied = mutations.apply(body, exchange.getRequestHeaders().getFirst("x-sig"));
    RpcLog log = applied.log();
    json.writeStartObject();
    json.writeStringField("sig", log.sig());
    json.writeFieldName("rpc");
    json.writeRawValue(log.rpc());
    json.writeStringField("from_wallet", log.fromWallet());
    json.writeStringField("relayed_by", "bridge");
    json.writeStringField("relayed_at", rfc3339(log.relayedAt()));
    json.writeStringField("applied_at", rfc3339(log.appliedAt()));
    json.writeEndObject();
  }

  private static String rfc3339(LocalDateTime utc) {
    return EventTimestamp.format(
        ChronoUnit.MICROS.between(java.time.Instant.EPOCH, utc.toInstant(ZoneOffset.UTC)));
  }

  private void read(HttpExchange exchange, JsonGenerator json)
      throws RefusedException, SQLException, IOException {
    URI uri = exchange.getRequestURI();
    String path = uri.getRawPath();
    try (Connection connection = database.getConnection()) {
      if (path.startsWith(PUBLIC_KEY)) {
        publicKey(connection, path.substring(PUBLIC_KEY.length()), json);
        return;
      }
      SignedRequest request = parse(path, uri.getRawQuery());
      Caller caller =
          callers.callerOf(connection, request, exchange.getRequestHeaders().getFirst("x-sig"));
      route(
          uri.getPath(),
          request,
          new ChatQueries(connection, caller, json),
          new PeopleQueries(connection, caller, json));
    }
  }

  private static void route(
      String path, SignedRequest request, ChatQueries chats, PeopleQueries people)
      throws RefusedException, SQLException, IOException {
    switch (path) {
      case "/comms/chats" -> chats.chats(PageBounds.of(request));
      case "/comms/chats/unread" -> chats.unread();
      case "/comms/chats/permissions" -> people.permissions(request.parameters("id"));
      case "/comms/chats/blockers" -> people.blockers();
      case "/comms/chats/blockees" -> people.blockees();
      case "/comms/blasts" -> people.blasts();
      default -> {
        if (!path.startsWith(CHATS)) {
          throw RefusedException.notFound("no such path");
        }
        String chat = path.substring(CHATS.length());
        if (chat.endsWith(MESSAGES)) {
          String chatId = chat.substring(0, chat.length() - MESSAGES.length());
          chats.messages(chatId, PageBounds.of(request));
        } else {
          chats.chat(chat);
        }
      }
    }
  }

  private static SignedRequest parse(String path, @Nullable String rawQuery)
      throws RefusedException {
    try {
      return SignedRequest.parse(path, rawQuery == null ? "" : rawQuery);
    } catch (MalformedRequestException e) {
      throw RefusedException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private static void publicKey(Connection connection, String hashId, JsonGenerator json)
      throws RefusedException, SQLException, IOException {
    OptionalInt userId = HashIds.decode(hashId);
    List<String> keys =
        SqlUpdates.texts(
            connection,
            "select pubkey_base64 from user_pubkeys where user_id = ?",
            userId.orElse(-1));
    if (keys.isEmpty()) {
      throw RefusedException.notFound("this user has no public key yet");
    }
    json.writeString(keys.get(0));
  }
}
