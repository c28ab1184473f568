package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.postgres.SharedDatabase;
import herald.gateway.database.ReadTransaction;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

/** The audience of a blast is whom the platform's own function allows, for all kinds of users. */
@SuppressWarnings("NullAway.Init") // set by start
class AudienceQueryIT {
  private static final int SENDER = 1;

  /**
   * Users 2 to 2001, who have set any permissions, follow and tip the sender or not and the other
   * way round, are blocked or share a chat that may be cleared.
   */
  private static final String PEOPLE =
      """
      insert into users (user_id, handle, wallet, name, is_verified)
        select u, 'u' || u, 'w' || u, 'u', u = 1 and %s from generate_series(1, 2001) u;
      insert into follows (follower_user_id, followee_user_id, is_current, is_delete, created_at)
        select u, 1, random() < 0.9, random() < 0.1, now() - interval '1 day'
        from generate_series(2, 2001) u where random() < 0.7;
      insert into follows (follower_user_id, followee_user_id, is_current, is_delete)
        select 1, u, random() < 0.9, random() < 0.2 from generate_series(2, 2001) u
        where random() < 0.4;
      insert into user_tips (sender_user_id, receiver_user_id, created_at)
        select u, 1, now() - interval '1 day' from generate_series(2, 2001) u where random() < 0.5;
      insert into user_tips (sender_user_id, receiver_user_id)
        select 1, u from generate_series(2, 2001) u where random() < 0.3;
      insert into chat_permissions (user_id, permits, allowed)
        select u, kind, random() < 0.8 from generate_series(2, 2001) u,
          unnest(array['all', 'none', 'followees', 'followers', 'tippees', 'tippers', 'verified'])
            kind
        where random() < 0.2;
      insert into chat_blocked_users (blocker_user_id, blockee_user_id)
        select u, 1 from generate_series(2, 2001) u where random() < 0.05
        union all
        select 1, u from generate_series(2, 2001) u where random() < 0.05;
      insert into chat (chat_id, created_at, last_message_at)
        select 'c' || u, now(), now() from generate_series(2, 2001) u where random() < 0.3;
      insert into chat_member (chat_id, user_id, invited_by_user_id, created_at, cleared_history_at)
        select chat_id, m, 1, now(),
          case when random() < 0.3 then now() + interval '1 hour' end
        from chat, lateral unnest(array[1, substr(chat_id, 2)::int]) m;
      insert into chat_message (message_id, chat_id, user_id, created_at, ciphertext)
        select 'm' || chat_id, chat_id, 1, now(), 'x' from chat where random() < 0.7;
      insert into chat_blast (blast_id, from_user_id, audience, plaintext, created_at)
        values ('follower_audience', 1, 'follower_audience', 'x', now()),
          ('tipper_audience', 1, 'tipper_audience', 'x', now());
      """;

  /** One more kind, which the query does not know: whoever has an even number. */
  private static final String OTHER_KIND =
      """
      alter function chat_allowed(integer, integer) rename to chat_allowed_before;
      create function chat_allowed(from_user_id integer, to_user_id integer) returns boolean
      language sql stable as $$
        select chat_allowed_before($1, $2) or ($2 % 2 = 0
          and exists (
            select from chat_permissions where user_id = $2 and permits = 'even' and allowed)
          and not exists (
            select from chat_blocked_users where $1 in (blocker_user_id, blockee_user_id)
              and $2 in (blocker_user_id, blockee_user_id)))
      $$;
      update chat_permissions set permits = 'even' where permits = 'tippees';
      """;

  /** Those who follow no longer, in either direction, and those who share a chat. */
  private static final String NOT_PLAIN =
      """
      select follower_user_id from follows where is_current and is_delete
      union
      select followee_user_id from follows where is_current and is_delete
      union
      select user_id from chat_member
      """;

  private SharedDatabase database;

  @BeforeEach
  void start() throws SQLException {
    database = SharedDatabase.fresh();
  }

  /** Whom the function allows, of the blast's audience. */
  private static RoaringBitmap allowed(Connection connection, String blast) throws SQLException {
    return users(
        connection,
        "select to_user_id from chat_blast_audience('%s')".formatted(blast)
            + " where chat_allowed(1, to_user_id) and to_user_id <> 1");
  }

  private static RoaringBitmap users(Connection connection, String query) throws SQLException {
    RoaringBitmap users = new RoaringBitmap();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        users.add(row.getInt(1));
      }
    }
    return users;
  }

  private static void assertAgrees(Connection connection) throws SQLException {
    for (String blast : new String[] {"follower_audience", "tipper_audience"}) {
      RoaringBitmap allowed = allowed(connection, blast);
      assertThat(allowed.getCardinality()).as("the test says something").isBetween(100, 1_900);
      RoaringBitmap read = AudienceQuery.read(connection, blast, SENDER, null);
      assertThat(RoaringBitmap.xor(read, allowed).toArray()).as("who is in one alone").isEmpty();
      RoaringBitmap candidates = AudienceQuery.candidates(connection, blast, SENDER, null);
      for (int many : new int[] {1, 150, 300}) {
        RoaringBitmap sieved = AudienceQuery.allowed(connection, SENDER, candidates, many);
        assertThat(RoaringBitmap.xor(sieved, allowed).toArray()).as("sieved, %d", many).isEmpty();
      }
      int one = allowed.select(allowed.getCardinality() / 2);
      assertThat(AudienceQuery.read(connection, blast, SENDER, one).toArray()).containsExactly(one);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void itIsWhomTheFunctionAllows(boolean isVerified) throws SQLException {
    database.execute(PEOPLE.formatted(isVerified));
    try (Connection connection = database.connect()) {
      assertAgrees(connection);
    }
  }

  @Test
  void aLargeAudienceIsLookedUpOneByOneOnlyWhereItIsNotPlain() throws SQLException {
    database.execute(PEOPLE.formatted(false));
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      String blast = "follower_audience";
      RoaringBitmap candidates = AudienceQuery.candidates(connection, blast, SENDER, null);
      AudienceSieve.Sieved sieved = new AudienceSieve(connection, SENDER, candidates, 1).sieve();
      assertThat(sieved.allowed().getCardinality()).isPositive();
      assertThat(RoaringBitmap.andNot(sieved.open(), users(connection, NOT_PLAIN)).toArray())
          .as("looked up though it is plain")
          .isEmpty();
    }
  }

  @Test
  void aLargeTableOfPermissionsIsNotReadForFewUsers() throws SQLException {
    database.execute(PEOPLE.formatted(false));
    database.execute("analyze chat_permissions");
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      RoaringBitmap few = RoaringBitmap.bitmapOf(2, 3, 5);
      AudienceSieve.Sieved sieved = new AudienceSieve(connection, SENDER, few, 1).sieve();
      assertThat(sieved.open()).isEqualTo(few);
      assertThat(sieved.allowed().isEmpty()).isTrue();
    }
  }

  /** What the session is set to may be somebody else's, behind a pooler of transactions. */
  @Test
  void oneSnapshotIsOfTheTransactionAndNotOfTheSession() throws SQLException {
    try (ReadTransaction transaction = AudienceQuery.begin(database.dataSource(), 10_000)) {
      Connection connection = transaction.connection();
      assertThat(setting(connection, "transaction_isolation")).isEqualTo("repeatable read");
      assertThat(setting(connection, "default_transaction_isolation")).isEqualTo("read committed");
    }
  }

  private static String setting(Connection connection, String name) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show " + name)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void aNegativeIdOpensNothingToTheOthers() throws SQLException {
    database.execute("insert into chat_permissions (user_id, permits) values (5, 'none')");
    try (Connection connection = database.connect()) {
      RoaringBitmap candidates = RoaringBitmap.bitmapOf(4, 5, -3);
      RoaringBitmap allowed = AudienceQuery.allowed(connection, SENDER, candidates, 1);
      assertThat(allowed).isEqualTo(RoaringBitmap.bitmapOf(4, -3));
    }
  }

  @Test
  void theFunctionIsAskedForAKindThatIsNotKnown() throws SQLException {
    database.execute(PEOPLE.formatted(false));
    database.execute(OTHER_KIND);
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      assertAgrees(connection);
      statement.execute("update chat_permissions set allowed = not allowed where permits = 'even'");
      assertAgrees(connection);
    }
  }
}
