package herald.benchmarks.load;

import herald.benchmarks.clients.SeededWallets;
import herald.protocol.HashIds;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * The users and chats of one run, in a database with the platform's schema: user 2k has a chat with
 * user 2k+1, every so many in a row share a group, and one artist, who is never connected, is
 * followed by all. {@link #remove} takes everything out again.
 */
public final class Population {
  private final DataSource database;
  private final String name;
  private final String seed;
  private final List<String> wallets;
  private final int firstUserId;
  private final int groupSize;
  private final List<String> pairs;
  private final List<String> groups;

  /** Of the followers who were given to the artist later; others' users may be in between. */
  private int lastAddedUserId;

  private Population(
      DataSource database,
      String name,
      String seed,
      List<String> wallets,
      int firstUserId,
      int groupSize) {
    this.database = database;
    this.name = name;
    this.seed = seed;
    this.wallets = wallets;
    this.firstUserId = firstUserId;
    this.groupSize = groupSize;
    int users = users();
    pairs = IntStream.range(0, users / 2).mapToObj(this::pairName).toList();
    groups =
        IntStream.range(0, users / groupSize).mapToObj(k -> "bench-" + name + "-g" + k).toList();
  }

  /**
   * Makes the rows of {@code users} users.
   *
   * @param database with the right to write to the platform's tables
   */
  public static Population create(DataSource database, int users, int groupSize)
      throws SQLException {
    String seed = random(32);
    SeededWallets keys = new SeededWallets(seed);
    List<String> wallets =
        IntStream.rangeClosed(0, users).parallel().mapToObj(keys::wallet).toList();
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      Population population =
          new Population(database, random(4), seed, wallets, nextUserId(connection), groupSize);
      population.insert(connection);
      connection.commit();
      connection.setAutoCommit(true);
      try (Statement analyze = connection.createStatement()) {
        analyze.execute("analyze users, chat, chat_member, follows");
      }
      return population;
    }
  }

  private static String random(int bytes) {
    byte[] random = new byte[bytes];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private static int nextUserId(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("lock table users in share row exclusive mode");
      try (ResultSet row = statement.executeQuery("select coalesce(max(user_id), 0) from users")) {
        row.next();
        return row.getInt(1) + 1;
      }
    }
  }

  private String pairName(int pair) {
    return Stream.of(hashId(2 * pair), hashId(2 * pair + 1))
        .sorted()
        .reduce((one, other) -> one + ":" + other)
        .orElseThrow();
  }

  private void insert(Connection connection) throws SQLException {
    write(
        connection,
        "insert into users (user_id, handle, wallet, name)"
            + " select ? + n - 1, 'bench-' || ? || '-' || (n - 1), wallet, 'bench'"
            + " from unnest(?) with ordinality as u(wallet, n)",
        firstUserId,
        name,
        texts(connection, wallets));
    insertChats(connection, pairs, 2);
    insertChats(connection, groups, groupSize);
    write(
        connection,
        "insert into follows (follower_user_id, followee_user_id)"
            + " select u, ? from generate_series(?, ?) u",
        artistUserId(),
        firstUserId,
        artistUserId() - 1);
  }

  /** How many users a blast of the artist concerns. */
  public int followers() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "select count(*) from follows where followee_user_id = ?")) {
      statement.setInt(1, artistUserId());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  /**
   * Gives the artist followers who are never connected, so that there are so many with the users;
   * none if there are enough.
   */
  public void addFollowersUpTo(int audience, Consumer<String> progress) throws SQLException {
    int others = audience - users();
    if (others > 0) {
      progress.accept("making " + others + " followers who are not connected");
      addFollowers(others);
    }
  }

  /** Gives the artist this many followers more, users without keys who are never connected. */
  public void addFollowers(int count) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      int first = nextUserId(connection);
      lastAddedUserId = first + count - 1;
      write(
          connection,
          "insert into users (user_id, handle, wallet, name)"
              + " select u, 'bench-' || ? || '-' || u, 'bench-' || ? || '-' || u, 'bench'"
              + " from generate_series(?, ?) u",
          name,
          name,
          first,
          lastAddedUserId);
      write(
          connection,
          "insert into follows (follower_user_id, followee_user_id)"
              + " select u, ? from generate_series(?, ?) u",
          artistUserId(),
          first,
          lastAddedUserId);
      connection.commit();
      connection.setAutoCommit(true);
      try (Statement analyze = connection.createStatement()) {
        analyze.execute("analyze users, follows");
      }
    }
  }

  /** All followers of the artist permit those whom they follow to write to them. */
  public void permitFollowees() throws SQLException {
    try (Connection connection = database.getConnection()) {
      write(
          connection,
          "insert into chat_permissions (user_id, permits)"
              + " select follower_user_id, 'followees' from follows where followee_user_id = ?",
          artistUserId());
      try (Statement analyze = connection.createStatement()) {
        analyze.execute("vacuum analyze chat_permissions, follows");
      }
    }
  }

  private void insertChats(Connection connection, List<String> chats, int members)
      throws SQLException {
    write(
        connection,
        "insert into chat (chat_id, created_at, last_message_at)"
            + " select c, now() at time zone 'utc', now() at time zone 'utc' from unnest(?) c",
        texts(connection, chats));
    write(
        connection,
        "insert into chat_member (chat_id, user_id, invited_by_user_id, created_at)"
            + " select c, ? + (n - 1) * ? + m, ? + (n - 1) * ?, now() at time zone 'utc'"
            + " from unnest(?) with ordinality as u(c, n), generate_series(0, ?) m",
        firstUserId,
        members,
        firstUserId,
        members,
        texts(connection, chats),
        members - 1);
  }

  private static Object texts(Connection connection, List<String> texts) throws SQLException {
    return connection.createArrayOf("text", texts.toArray());
  }

  private static void write(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      statement.executeUpdate();
    }
  }

  /** Deletes the run's rows, and those that its writers and the gateways have made from them. */
  public void remove() throws SQLException {
    List<String> chats = new ArrayList<>(pairs);
    chats.addAll(groups);
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      write(connection, "delete from rpc_log where relayed_by = ?", relayedBy());
      write(
          connection,
          "delete from chat_blast where from_user_id between ? and ?",
          firstUserId,
          artistUserId());
      Object names = texts(connection, chats);
      write(connection, "delete from chat_message where chat_id = any(?)", names);
      write(connection, "delete from chat_member where chat_id = any(?)", names);
      write(connection, "delete from chat where chat_id = any(?)", names);
      write(
          connection,
          "delete from chat_permissions p using follows f"
              + " where f.follower_user_id = p.user_id and f.followee_user_id = ?",
          artistUserId());
      write(connection, "delete from follows where followee_user_id = ?", artistUserId());
      write(
          connection,
          "delete from users where user_id between ? and ? and handle like 'bench-' || ? || '-%'",
          artistUserId() + 1,
          lastAddedUserId,
          name);
      for (String table : List.of("user_pubkeys", "users")) {
        write(
            connection,
            "delete from " + table + " where user_id between ? and ?",
            firstUserId,
            artistUserId());
      }
      connection.commit();
    }
  }

  /** Users that are to be connected; the artist is one more. */
  public int users() {
    return wallets.size() - 1;
  }

  /** From which the users' keys follow; a secret. */
  public String seed() {
    return seed;
  }

  /** What stands in {@code rpc_log.relayed_by} of this run's rows. */
  public String relayedBy() {
    return "bench-" + name;
  }

  /** Number of the user who sends blasts. */
  int artist() {
    return users();
  }

  private int artistUserId() {
    return firstUserId + artist();
  }

  int userId(int index) {
    return firstUserId + index;
  }

  /** The number of the user with this id. */
  int index(int userId) {
    return userId - firstUserId;
  }

  String hashId(int index) {
    return HashIds.encode(userId(index));
  }

  String wallet(int index) {
    return wallets.get(index);
  }

  /** Chats of two: the members of chat k are the users 2k and 2k+1. */
  List<String> pairs() {
    return pairs;
  }

  /** Groups: the members of group k are the users from k times the size on. */
  List<String> groups() {
    return groups;
  }

  int groupSize() {
    return groupSize;
  }
}
