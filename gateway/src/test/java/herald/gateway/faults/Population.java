package herald.gateway.faults;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The users of a run with their keys, their chats, and the artists whom they follow. */
final class Population {
  private static final int ARTISTS = 5;

  private final List<WalletKey> keys = new ArrayList<>();
  private final List<PlatformUser> people = new ArrayList<>();
  private final Map<String, List<PlatformUser>> chats = new LinkedHashMap<>();
  private final List<String> chatIds = new ArrayList<>();

  Population(int users) {
    SecureRandom secure = new SecureRandom();
    for (int i = 0; i < users; i++) {
      keys.add(WalletKey.random(secure));
      people.add(new PlatformUser(i + 1, "user" + i, keys.get(i).wallet()));
    }
  }

  /** Writes them into the database. */
  void create(SuiteDatabase database) throws SQLException {
    Community community = new Community(database.writers());
    community.createUsers(people);
    createChats(new Platform(database.writers()));
    for (int i = ARTISTS; i < people.size(); i++) {
      community.follow(people.get(i), people.get(i % ARTISTS));
    }
    // Before any blast, by whatever clock that is stamped.
    database.execute("update follows set created_at = created_at - interval '1 day'");
  }

  private void createChats(Platform platform) throws SQLException {
    for (int i = 0; i < people.size(); i++) {
      List<PlatformUser> members = new ArrayList<>();
      int size = i % 3 == 0 ? 5 : 2;
      for (int n = 0; n < size; n++) {
        members.add(people.get((i + n * (1 + i % 7)) % people.size()));
      }
      members = List.copyOf(new HashSet<>(members));
      PlatformUser[] others = members.subList(1, members.size()).toArray(PlatformUser[]::new);
      String chat = platform.createChat(members.get(0), others).subjectId();
      chats.put(chat, members);
      chatIds.add(chat);
    }
  }

  int size() {
    return people.size();
  }

  PlatformUser user(int index) {
    return people.get(index);
  }

  WalletKey key(int index) {
    return keys.get(index);
  }

  String anyChat(Random random) {
    return chatIds.get(random.nextInt(chatIds.size()));
  }

  PlatformUser anyMember(String chat, Random random) {
    List<PlatformUser> members = chats.getOrDefault(chat, List.of());
    return members.get(random.nextInt(members.size()));
  }

  PlatformUser anyArtist(Random random) {
    return people.get(random.nextInt(ARTISTS));
  }

  /** A chat of the user's with others. */
  String chatOf(int userId) {
    return chats.entrySet().stream()
        .filter(chat -> chat.getValue().stream().anyMatch(user -> user.userId() == userId))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  /** Another member of a chat. */
  PlatformUser other(String chat, int userId) {
    return chats.getOrDefault(chat, List.of()).stream()
        .filter(user -> user.userId() != userId)
        .findFirst()
        .orElseThrow();
  }
}
