package herald.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.MalformedInputException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseFailureTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "08000", "08001", "08003", "08004", "08006", "08P01", "25006", "28000", "28P01", "3D000",
        "40001", "40P01", "53000", "53100", "53200", "53300", "57P01", "57P02", "57P03", "57P04",
        "57P05"
      })
  void statesOfTheConnectionOrTheServer(String state) {
    assertThat(DatabaseFailure.isOfConnection(new SQLException("some words", state))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "21000", "22021", "22P02", "22P05", "23505", "25P02", "42501", "42703", "42883", "42P01",
        "42804", "53400", "54001", "54000", "55000", "57014", "58030", "P0001", "XX000", "XX001"
      })
  void statesOfTheStatementOrItsRows(String state) {
    assertThat(DatabaseFailure.isOfConnection(new SQLException("some words", state))).isFalse();
  }

  static Stream<Throwable> failuresOfTheConnection() {
    return Stream.of(
        new SQLTransientConnectionException("herald-read - Connection is not available"),
        new SQLTransientConnectionException(
            "not available", "22023", new SQLException("x", "22023")),
        new SQLRecoverableException("gone"),
        new SQLNonTransientConnectionException("gone"),
        new SQLException("Connection is closed"),
        new SQLException("HikariDataSource HikariDataSource (herald-read) has been closed."),
        new SQLException(
            "An I/O error occurred", null, new SocketTimeoutException("Read timed out")),
        new SQLException("unexpected", "99999", new ConnectException("Connection refused")),
        new SQLException("wrapped", new EOFException()),
        // pgjdbc-ng's own spelling of 08001.
        new SQLException("Connection Error: address 'db' is unresolved", "8001"),
        new IllegalStateException(new ClosedChannelException()),
        new IllegalStateException(new UnknownHostException("db")),
        new ExecutionException(new IOException("Connection reset by peer")),
        new ExecutionException(new SSLHandshakeException("no path")),
        new ExecutionException(new SQLException("terminating", "57P01")));
  }

  @ParameterizedTest
  @MethodSource("failuresOfTheConnection")
  void kindsOfFailuresOfTheConnection(Throwable failure) {
    assertThat(DatabaseFailure.isOfConnection(failure)).isTrue();
  }

  static Stream<Throwable> failuresOfTheStatement() {
    return Stream.of(
        new IllegalStateException("a bug"),
        new SQLException("without a state"),
        new SQLException("unexpected", "99999"),
        new OutOfMemoryError(),
        new StackOverflowError(),
        // What PostgreSQL's driver makes of a row for which the heap is too small.
        new SQLException("Ran out of memory", "53200", new OutOfMemoryError()),
        // And of text that it can't read.
        new SQLException("Invalid character data was found", "22000", new IOException("UTF-8")),
        new IllegalStateException(new MalformedInputException(1)));
  }

  @ParameterizedTest
  @MethodSource("failuresOfTheStatement")
  void kindsOfFailuresOfTheStatement(Throwable failure) {
    assertThat(DatabaseFailure.isOfConnection(failure)).isFalse();
  }

  @Test
  void textThatDoesNotParseIsTheRowsThoughItIsAnIoException() throws IOException {
    try (JsonParser parser = new JsonFactory().createParser("secret")) {
      assertThat(org.assertj.core.api.Assertions.catchThrowable(parser::nextToken))
          .isInstanceOf(IOException.class)
          .satisfies(e -> assertThat(DatabaseFailure.isOfConnection(e)).isFalse())
          .satisfies(e -> assertThat(DatabaseFailure.text(e)).isEqualTo("JsonParseException"));
    }
  }

  @Test
  void theStateIsThatOfTheFirstThatHasOne() {
    SQLException inner = new SQLException("FATAL: no", "28P01");
    assertThat(DatabaseFailure.sqlState(new ExecutionException(inner))).isEqualTo("28P01");
    assertThat(DatabaseFailure.sqlState(new SQLException("unexpected", "99999", inner)))
        .isEqualTo("28P01");
    assertThat(DatabaseFailure.sqlState(new SQLException("none"))).isEmpty();
    assertThat(DatabaseFailure.sqlState(new IllegalStateException())).isEmpty();
  }

  @Test
  void onlyAServerThatIsReadOnlyIsTheWrongOne() {
    assertThat(DatabaseFailure.isWrongServer(new SQLException("standby", "25006"))).isTrue();
    assertThat(DatabaseFailure.isWrongServer(new SQLException("gone", "08006"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "22P02 | ERROR: invalid input syntax for type bigint: \"canary\" | invalid input syntax for"
            + " type bigint …",
        "22P02 | ERROR: value \"canary\" is out of range | value …",
        "22003 | Bad value for type int : canary | Bad value for type int …",
        "22P02 | FEHLER: ungültige Syntax für Typ bigint: »canary« | ungültige Syntax für Typ"
            + " bigint …",
        "22P05 | ERROR: unsupported Unicode escape sequence | unsupported Unicode escape sequence",
        "23505 | ERROR: duplicate key canary | SQLException",
        "P0001 | ERROR: canary | SQLException",
        "42703 | ERROR: column \"wallet\" does not exist | ERROR: column \"wallet\" does not exist",
        "28P01 | FATAL: password authentication failed for user \"herald\" | FATAL: password"
            + " authentication failed for user \"herald\"",
      })
  void noTextQuotesARow(String state, String message, String text) {
    SQLException failure = new SQLException(message + "\n  Detail: canary", state);
    assertThat(DatabaseFailure.text(failure)).isEqualTo(text).doesNotContain("canary");
  }

  @Test
  void thePoolsTextSaysWhyAsWell() {
    SQLException cause = new SQLException("Connection to db:5432 refused.", "08001");
    assertThat(
            DatabaseFailure.text(
                new SQLTransientConnectionException("not available after 10000ms", "08001", cause)))
        .isEqualTo("not available after 10000ms: Connection to db:5432 refused.");
  }

  @Test
  void whatIsNotOfTheDatabaseIsNamedByItsClassAlone() {
    assertThat(DatabaseFailure.text(new IllegalStateException(new NumberFormatException("canary"))))
        .isEqualTo("NumberFormatException");
    assertThat(DatabaseFailure.text(new SQLException("canary"))).isEqualTo("SQLException");
    assertThat(DatabaseFailure.text(new SQLException("canary", new OutOfMemoryError("canary"))))
        .isEqualTo("OutOfMemoryError");
    assertThat(DatabaseFailure.text(new ConnectException("refused")))
        .isEqualTo("ConnectException: refused");
  }

  @Test
  void aLongTextIsShortenedAndAChainThatBitesItsTailEnds() {
    assertThat(DatabaseFailure.text(new SQLException("x".repeat(1_000), "08006"))).hasSize(300);
    Exception first = new IllegalStateException();
    Exception second = new IllegalStateException(first);
    first.initCause(second);
    assertThat(DatabaseFailure.isOfConnection(first)).isFalse();
    assertThat(DatabaseFailure.text(second)).isEqualTo("IllegalStateException");
  }
}
