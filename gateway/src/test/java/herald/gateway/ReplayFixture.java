package herald.gateway;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.EventLogSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.ReplaySettings;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;

/** Three users and a chat of two of them, and a client of one that says where it was. */
@SuppressWarnings("NullAway.Init") // set by start
abstract class ReplayFixture {
  final WalletKey key = WalletKey.random(new SecureRandom());
  SharedDatabase database;
  Community community;
  Platform platform;
  PlatformUser alice;

  /** Whose client it is. */
  PlatformUser bob;

  PlatformUser carol;

  /** Of Alice and Bob. */
  String chat;

  Instant begin;

  @BeforeEach
  final void start() throws Exception {
    database = SharedDatabase.fresh();
    community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    bob = community.createUser("bob", key.wallet());
    carol = community.createUser("carol", "0xc");
    begin = Instant.now();
    chat = platform.createChat(alice, bob).subjectId();
  }

  /** A gateway that remembers nothing of what was before it. */
  final TestGateway forgetful(ReplaySettings replays) throws Exception {
    GatewayConfig config = TestGateway.config(database.url());
    EventLogSettings log = config.eventLog();
    return TestGateway.start(
        config.toBuilder()
            .eventLog(log.toBuilder().replay(Duration.ZERO).build())
            .replay(replays)
            .build());
  }

  /** A client that says that it has got everything up to this time or event. */
  final TestClient connectAfter(TestGateway gateway, Object after) throws Exception {
    return TestClient.connect(gateway.port(), key, Map.of("after", after.toString()));
  }
}
