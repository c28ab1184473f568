package herald.gateway.stored;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Some users with chats between two and among several, followers, and a second account of one
 * wallet. Not thread safe.
 */
final class People {
  private static final int COUNT = 8;

  /** What an id may hold when nobody has looked at it. */
  private static final String ODD_CHAT_ID = "odd \"\\ \ud83c\udfb5 \u00e9\u2028<&>%";

  private final Map<Integer, WalletKey> keys = new TreeMap<>();
  private final List<PlatformUser> users = new ArrayList<>();
  private final Map<String, List<PlatformUser>> chats = new TreeMap<>();
  private final PlatformUser secondAccount;

  People(SharedDatabase database, Platform platform) throws SQLException {
    Community community = new Community(database.dataSource());
    for (int i = 0; i < COUNT; i++) {
      WalletKey key = WalletKey.random(new SecureRandom());
      PlatformUser user = community.createUser("user" + i, key.wallet());
      users.add(user);
      keys.put(user.userId(), key);
    }
    secondAccount = community.createUser("second", users.get(0).wallet());
    int[][] members = {{0, 1}, {0, 2}, {1, 2}, {3, 4}, {2, 5}, {0, 1, 2, 3}, {1, 3, 4, 5}};
    for (int[] some : members) {
      createChat(platform, some);
    }
    try (PlatformTransaction transaction = platform.begin()) {
      transaction.chats().insertChat(ODD_CHAT_ID, transaction.now());
      for (int i : new int[] {0, 4}) {
        int userId = users.get(i).userId();
        transaction.chats().insertMember(ODD_CHAT_ID, userId, userId, "", transaction.now());
      }
      transaction.commit();
    }
    chats.put(ODD_CHAT_ID, List.of(users.get(0), users.get(4)));
    int[][] follows = {{1, 0}, {2, 0}, {3, 0}, {6, 0}, {0, 1}, {4, 1}, {7, 1}, {5, 2}, {4, 3}};
    for (int[] follow : follows) {
      community.follow(users.get(follow[0]), users.get(follow[1]));
    }
    community.tip(users.get(5), users.get(0));
    community.tip(users.get(1), users.get(2));
    community.createTrack(1, users.get(0));
    community.purchase(users.get(2), users.get(0), "track", 1);
    community.purchase(users.get(7), users.get(0), "album", 2);
  }

  private void createChat(Platform platform, int[] members) throws SQLException {
    PlatformUser[] others = new PlatformUser[members.length - 1];
    for (int i = 1; i < members.length; i++) {
      others[i - 1] = users.get(members[i]);
    }
    PlatformUser first = users.get(members[0]);
    List<PlatformUser> all = new ArrayList<>(List.of(others));
    all.add(first);
    chats.put(platform.createChat(first, others).subjectId(), all);
  }

  /** Those who have a key of their own. */
  List<PlatformUser> users() {
    return users;
  }

  /** A second account of the first user's wallet. */
  PlatformUser secondAccount() {
    return secondAccount;
  }

  WalletKey key(PlatformUser user) {
    WalletKey key = keys.get(user.userId());
    if (key == null) {
      throw new IllegalArgumentException("this user has no key of its own");
    }
    return key;
  }

  /** The chats that were there at the start, with their members. */
  Map<String, List<PlatformUser>> chats() {
    return chats;
  }
}
