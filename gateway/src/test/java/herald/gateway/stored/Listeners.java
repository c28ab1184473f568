package herald.gateway.stored;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.stored.StoredEvents.Due;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A gateway and a connection of every user. To know that nothing more is coming, a conductor, who
 * shares a chat with each of them and has to do with nobody else, sends everybody a message and
 * waits for it. Not thread safe.
 */
final class Listeners implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 20;

  private final Platform platform;
  private final TestGateway gateway;
  private final PlatformUser conductor;
  private final Map<Received, String> syncChats = new LinkedHashMap<>();
  private int syncs;

  Listeners(SharedDatabase database, Platform platform, People people) throws Exception {
    this.platform = platform;
    conductor =
        new Community(database.dataSource())
            .createUser("conductor", WalletKey.random(new SecureRandom()).wallet());
    gateway = TestGateway.start(database.url());
    for (PlatformUser user : people.users()) {
      String chat = platform.createChat(conductor, user).subjectId();
      TestClient client = TestClient.connect(gateway.port(), people.key(user));
      syncChats.put(new Received(user, client), chat);
    }
    Eventually.holds(
        "all are in",
        DEADLINE_SECONDS,
        () -> gateway.metric("herald_cursors") == people.users().size());
  }

  /**
   * Waits until all that is due has arrived, and until everything that comes with it has.
   *
   * @param possible what may arrive besides
   */
  void awaitExactly(List<Due> due, List<Due> possible) throws SQLException, InterruptedException {
    String sync = "sync " + ++syncs + ".";
    try (PlatformTransaction transaction = platform.begin()) {
      for (String chat : syncChats.values()) {
        transaction.message(conductor, chat, sync);
      }
      transaction.commit();
    }
    for (Map.Entry<Received, String> entry : syncChats.entrySet()) {
      Received receiver = entry.getKey();
      List<Due> dueHere = of(receiver, due);
      try {
        Eventually.holds(
            "all has come to user " + receiver.user().userId(),
            DEADLINE_SECONDS,
            () -> receiver.has(sync) && missing(dueHere, receiver.peek()).isEmpty());
      } catch (AssertionError e) {
        throw new AssertionError(
            "user %d lacks %s and got %s"
                .formatted(
                    receiver.user().userId(), missing(dueHere, receiver.peek()), receiver.peek()),
            e);
      }
      check(receiver, entry.getValue(), dueHere, of(receiver, possible));
    }
  }

  private static void check(Received receiver, String syncChat, List<Due> due, List<Due> possible) {
    List<Map<String, @Nullable Object>> came = new ArrayList<>(receiver.take());
    came.removeIf(event -> syncChat.equals(chatOf(event)));
    List<Map<String, @Nullable Object>> tooMuch = new ArrayList<>(came);
    due.forEach(d -> tooMuch.remove(d.event()));
    possible.forEach(p -> tooMuch.remove(p.event()));
    if (!tooMuch.isEmpty()) {
      throw new AssertionError(
          "user %d got too much: %s; due: %s".formatted(receiver.user().userId(), tooMuch, due));
    }
    due.stream()
        .map(Due::chatId)
        .filter(Objects::nonNull)
        .distinct()
        .forEach(
            chatId -> {
              List<Map<String, @Nullable Object>> inOrder =
                  due.stream().filter(d -> chatId.equals(d.chatId())).map(Due::event).toList();
              List<Map<String, @Nullable Object>> inChat =
                  came.stream()
                      .filter(event -> chatId.equals(chatOf(event)) && inOrder.contains(event))
                      .toList();
              if (!inChat.equals(inOrder)) {
                throw new AssertionError(
                    "user %d got %s, in another order than %s"
                        .formatted(receiver.user().userId(), inChat, inOrder));
              }
            });
  }

  private static @Nullable Object chatOf(Map<String, @Nullable Object> event) {
    return event.get("rpc") instanceof Map<?, ?> rpc && rpc.get("params") instanceof Map<?, ?> p
        ? p.get("chat_id")
        : null;
  }

  private static List<Due> of(Received receiver, List<Due> due) {
    return due.stream().filter(d -> d.receiverId() == receiver.user().userId()).toList();
  }

  private static List<Map<String, @Nullable Object>> missing(
      List<Due> due, List<Map<String, @Nullable Object>> came) {
    List<Map<String, @Nullable Object>> missing = new ArrayList<>();
    List<Map<String, @Nullable Object>> left = new ArrayList<>(came);
    for (Due d : due) {
      if (!left.remove(d.event())) {
        missing.add(d.event());
      }
    }
    return missing;
  }

  @Override
  public void close() throws IOException {
    for (Received receiver : syncChats.keySet()) {
      receiver.client().close();
    }
    gateway.close();
  }
}
