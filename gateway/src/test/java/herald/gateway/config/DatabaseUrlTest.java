package herald.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "postgresql://me@db/x                   | db:5432                    | x",
        "postgres://me@db:5433/x                | db:5433                    | x",
        "PostgreSQL://me@db:/x                  | db:5432                    | x",
        "jdbc:postgresql://db/x                 | db:5432                    | x",
        "postgresql://me@db                     | db:5432                    | me",
        "postgresql://me@db/                    | db:5432                    | me",
        "postgresql://db?user=you               | db:5432                    | you",
        "postgresql://u@herald_db:5432/x        | herald_db:5432             | x",
        "postgresql://u@db-1.example.org/a%20b  | db-1.example.org:5432      | a b",
        "postgresql://u@10.0.0.1/x              | 10.0.0.1:5432              | x",
        "postgresql://u@[::1]/x                 | [::1]:5432                 | x",
        "postgresql://u@[fd00::A:1]:6000/x      | [fd00::A:1]:6000           | x",
        "postgresql://u@h1:5432,h2:5433/x       | h1:5432,h2:5433            | x",
        "postgresql://u@h1,h2:5433,[::1]:1/x    | h1:5432,h2:5433,[::1]:1    | x",
        "postgresql://me:p:w@db/x               | db:5432                    | x",
        "postgresql://me:p,w[@db/x              | db:5432                    | x",
      })
  void hostsAndDatabase(String text, String hosts, String database) {
    DatabaseUrl url = DatabaseUrl.parse(text);
    assertThat(String.join(",", url.hosts().stream().map(HostPort::toString).toList()))
        .isEqualTo(hosts);
    assertThat(url.database()).isEqualTo(database);
    assertThat(url).hasToString("postgresql://" + hosts + "/" + database);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "postgresql://me:hush@db/x                | me       | hush",
        "postgresql://me:p%40s%2Fs%23%3A%25@db/x  | me       | p@s/s#:%",
        "postgresql://me:a+b@db/x                 | me       | a+b",
        "postgresql://me:p:w@db/x                 | me       | p:w",
        "postgresql://m%40e:hush@db/x             | m@e      | hush",
        "postgresql://me:old@db/x?password=new    | me       | new",
        "postgresql://db/x?user=you&password=a=b  | you      | a=b",
        "postgresql://me@db/x                     | me       |",
        "postgresql://db/x                        | postgres |",
      })
  void userAndPassword(String text, String user, String password) {
    DatabaseUrl url = DatabaseUrl.parse(text);
    assertThat(url.jdbcProperties().getProperty("user")).isEqualTo(user);
    assertThat(url.jdbcProperties().getProperty("password")).isEqualTo(password);
    assertThat(url.listenerProperties().getProperty("user")).isEqualTo(user);
    assertThat(url.listenerProperties().getProperty("password")).isEqualTo(password);
  }

  @Test
  void thePasswordOfAFileIsReadForEachConnection(@TempDir Path directory) throws IOException {
    Path path = directory.resolve("password");
    Files.writeString(path, "other\n");
    DatabaseUrl url =
        DatabaseUrl.parse("postgresql://me:old@h1,h2/x").withPassword(new PasswordFile(path));
    assertThat(url.jdbcProperties().getProperty("password")).isEqualTo("other");
    assertThat(url.listenerProperties().getProperty("password")).isEqualTo("other");
    Files.writeString(path, "changed");
    assertThat(url.jdbcProperties().getProperty("password")).isEqualTo("changed");
    assertThat(url.listenerProperties().getProperty("password")).isEqualTo("changed");
    assertThat(url.eachHost().get(1).jdbcProperties().getProperty("password")).isEqualTo("changed");
    Files.writeString(path, "\n");
    assertThat(url.jdbcProperties().getProperty("password")).as("empty").isEqualTo("changed");
    assertThatThrownBy(() -> new PasswordFile(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the password file %s is empty (expected: a file that holds the password)", path);
    Files.delete(path);
    assertThat(url.jdbcProperties().getProperty("password"))
        .as("while it is being replaced")
        .isEqualTo("changed");
    assertThat(url.toString()).doesNotContain("changed");
    assertThatThrownBy(() -> new PasswordFile(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can't be read (expected: a readable file)");
  }

  @Test
  void theSameFileMeansTheSameDatabase(@TempDir Path directory) throws IOException {
    Path path = Files.writeString(directory.resolve("password"), "other");
    DatabaseUrl url = DatabaseUrl.parse("postgresql://me@db/x");
    assertThat(url.withPassword(new PasswordFile(path)))
        .isEqualTo(url.withPassword(new PasswordFile(path)))
        .isNotEqualTo(url);
  }

  @Test
  void tlsIsTranslatedForBothDrivers() {
    DatabaseUrl url =
        DatabaseUrl.parse("postgresql://me@db/x?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem");
    assertThat(url.jdbcProperties())
        .containsEntry("sslmode", "verify-full")
        .containsEntry("sslrootcert", "/etc/ca.pem");
    assertThat(url.listenerProperties())
        .containsEntry("ssl.mode", "verify-full")
        .containsEntry("ssl.ca.certificate.file", "/etc/ca.pem");
  }

  @Test
  void severalHostsAreOneUrlForOneDriverAndOneEachForTheOther() {
    DatabaseUrl url =
        DatabaseUrl.parse("postgresql://me@h1:1,[::1]:2/a%20b?target_session_attrs=read-write");
    assertThat(url.jdbcUrl())
        .isEqualTo(
            "jdbc:postgresql://h1:1,[::1]:2/a+b"
                + "?targetServerType=primary&loadBalanceHosts=false&hostRecheckSeconds=2");
    assertThat(url.eachHost().stream().map(DatabaseUrl::jdbcUrl))
        .containsExactly("jdbc:postgresql://h1:1/a+b", "jdbc:postgresql://[::1]:2/a+b");
    assertThat(url.eachHost().stream().map(DatabaseUrl::listenerUrl))
        .containsExactly("jdbc:pgsql://h1:1/a b", "jdbc:pgsql://[::1]:2/a b");
  }

  @ParameterizedTest
  @EnumSource
  void everyTargetIsReadAndPassedOn(TargetServer target) {
    DatabaseUrl url = DatabaseUrl.parse("postgresql://me@db/x?target_session_attrs=" + target);
    assertThat(url.target()).isEqualTo(target);
    assertThat(url.orTarget(TargetServer.PRIMARY)).isSameAs(url);
  }

  @Test
  void theTargetsAreThoseOfLibpq() {
    assertThat(Stream.of(TargetServer.values()).map(TargetServer::toString))
        .containsExactly("any", "read-write", "read-only", "primary", "standby", "prefer-standby");
    assertThat(Stream.of(TargetServer.values()).map(TargetServer::jdbcName))
        .containsExactly("any", "primary", "secondary", "primary", "secondary", "preferSecondary");
  }

  @Test
  void aTargetThatIsNotSaidIsAnyUntilOneIsGiven() {
    DatabaseUrl url = DatabaseUrl.parse("postgresql://me@db/x");
    assertThat(url.target()).isEqualTo(TargetServer.ANY);
    assertThat(url.jdbcUrl()).isEqualTo("jdbc:postgresql://db:5432/x");
    assertThat(url.orTarget(TargetServer.PRIMARY).target()).isEqualTo(TargetServer.PRIMARY);
  }

  @ParameterizedTest
  @CsvSource({
    "any,            '', '', '', ''",
    "primary,        '', '', standby, standby",
    "read-write,     '', read only, standby, standby",
    "read-only,      takes writes, '', '', ''",
    "standby,        is the primary, is the primary, '', ''",
    "prefer-standby, is the primary, is the primary, '', ''",
  })
  void whatEachTargetObjectsTo(
      String target, String writable, String readOnly, String standby, String impossible) {
    TargetServer wanted = TargetServer.parse(target);
    assertObjection(wanted, false, false, writable);
    assertObjection(wanted, false, true, readOnly);
    assertObjection(wanted, true, true, standby);
    assertObjection(wanted, true, true, impossible);
  }

  private static void assertObjection(
      TargetServer wanted, boolean isInRecovery, boolean isReadOnly, String words) {
    if (words.isEmpty()) {
      assertThat(wanted.objection(isInRecovery, isReadOnly)).isEmpty();
    } else {
      assertThat(wanted.objection(isInRecovery, isReadOnly).orElseThrow())
          .contains(words)
          .contains("(expected: ");
    }
  }

  @Test
  void equalUrlsAreEqualAndOthersNot() {
    String text = "postgresql://me:hush@h1,h2/x?target_session_attrs=any";
    assertThat(DatabaseUrl.parse(text))
        .isEqualTo(DatabaseUrl.parse(text))
        .hasSameHashCodeAs(DatabaseUrl.parse(text));
    for (String other :
        List.of(
            "postgresql://me:hush@h2,h1/x?target_session_attrs=any",
            "postgresql://me:hush@h1,h2/y?target_session_attrs=any",
            "postgresql://me:other@h1,h2/x?target_session_attrs=any",
            "postgresql://you:hush@h1,h2/x?target_session_attrs=any",
            "postgresql://me:hush@h1,h2/x?target_session_attrs=standby",
            "postgresql://me:hush@h1,h2/x?target_session_attrs=any&sslmode=require",
            "postgresql://me:hush@h1,h2/x")) {
      assertThat(DatabaseUrl.parse(other)).isNotEqualTo(DatabaseUrl.parse(text));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "db:5432/x                       | does not begin with postgresql://",
        "mysql://me@db/x                 | begins with 'mysql://'",
        "postgresql:me@db/x              | does not begin with postgresql://",
        "''                              | does not begin with postgresql://",
        "postgresql:///x                 | names no host",
        "postgresql://me@/x              | names no host",
        "postgresql://me@:5432/x         | names no host",
        "postgresql://me@h1,/x           | names no host",
        "postgresql://me@h1,,h2/x        | names no host",
        "postgresql://me@db:0/x          | the port 0 (expected: 1 to 65535)",
        "postgresql://me@db:00/x         | the port 0 (expected: 1 to 65535)",
        "postgresql://me@db:99999/x      | the port 99999 (expected: 1 to 65535)",
        "postgresql://me@db:-1/x         | a port that is no number (expected: 1 to 65535)",
        "postgresql://me@db:99999999999/x | a port that is no number (expected: 1 to 65535)",
        "postgresql://me@h1:1,h2:x/x     | a port that is no number (expected: 1 to 65535)",
        "postgresql://me@::1/x           | a host with several colons",
        "postgresql://me@[::1/x          | brackets that hold no IPv6 address",
        "postgresql://me@[db]:5432/x     | brackets that hold no IPv6 address",
        "postgresql://me@[::1]5432/x     | brackets that hold no IPv6 address",
        "postgresql://me@%2Ftmp/x        | a host that is no name and no address",
        "postgresql://me@a b/x           | a host that is no name and no address",
        "postgresql://me@db/x%           | percent sign",
        "postgresql://me@db/x%00         | percent sign",
        "postgresql://me@db/x?sslmode=prefer | sslmode is 'prefer' (expected: one of disable,",
        "postgresql://me@db/x?sslmode=verify-ca | without sslrootcert",
        "postgresql://me@db/x?ssl_mode=require | the unknown parameter 'ssl_mode' (expected: one of"
            + " sslmode, sslrootcert, sslcert, sslkey, user, password, target_session_attrs)",
        "postgresql://me@db/x?target_session_attrs=master | target_session_attrs is 'master'"
            + " (expected: one of any, read-write, read-only, primary, standby, prefer-standby)",
        "postgresql://me@db/x?target_session_attrs= | target_session_attrs is ''",
      })
  void whatIsWrongIsSaidInOneSentence(String text, String words) {
    Refusals.assertRefused(() -> DatabaseUrl.parse(text), words).hasNoCause();
  }

  /** Every printable character, and what looks like another part of a URL, within a password. */
  static Stream<String> passwords() {
    return Stream.concat(
        java.util.stream.IntStream.rangeClosed(' ', '~')
            .mapToObj(character -> "secret" + (char) character + "canary"),
        Stream.of(
            "p@ss/w#rdcanary",
            "secret/canary?canary",
            "secret?canary=canary&canary",
            "secret@canary:99999/canary",
            "secret@canary/canary",
            "secret@canary?sslmode=canary",
            "secret%zzcanary",
            "secret%canary",
            "secret[canary]:1",
            "secret,canary:99999",
            "secret?password=canary&canary",
            "secret?sslmode=canary"));
  }

  @ParameterizedTest
  @MethodSource("passwords")
  void aPasswordIsReadAsItIsOrRefusedWithoutAnyPartOfIt(String password) {
    try {
      DatabaseUrl url = DatabaseUrl.parse("postgresql://me:" + password + "@db:5432/x");
      assertThat(url.jdbcProperties().getProperty("password")).isEqualTo(password);
      assertThat(url).hasToString("postgresql://db:5432/x");
    } catch (IllegalArgumentException e) {
      assertThat(e)
          .hasNoCause()
          .message()
          .doesNotContain("canary", "secret")
          .contains("(expected: ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://db/x?password=secret&canary",
        "postgresql://db/x?password=secret#canary",
        "postgresql://db/x?password=secret@canary",
        "postgresql://db/x?password=secret%canary",
        "postgresql://me:canary/x",
        "me:canary@db/x",
      })
  void noOtherPlaceShowsAPasswordEither(String text) {
    assertThatThrownBy(() -> DatabaseUrl.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoCause()
        .message()
        .doesNotContain("canary", "secret");
  }
}
