package herald.gateway.database;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a failed call of the database is about: the connection or the server, which is waited
 * for as long as it takes, or the statement and the rows that it was about, for which no waiting
 * helps. Pure functions; any thread.
 *
 * <p>The SQLSTATE codes are those of the PostgreSQL manual, appendix "PostgreSQL Error Codes".
 */
public final class DatabaseFailure {
  /** "cannot execute … during recovery", or a server that is set to read only. */
  private static final String READ_ONLY = "25006";

  /** A statement that needs more temporary files than it may have needs as many the next time. */
  private static final String LIMIT_EXCEEDED = "53400";

  /** Connections, access to the server, its resources; "57P" without 57014, a query's time-out. */
  private static final List<String> CLASSES_OF_CONNECTION = List.of("08", "28", "53", "57P");

  /**
   * The database that is not there, and what a query that only reads gets on a standby when it is
   * in the way of the replay: a serialization failure or a deadlock.
   */
  private static final Set<String> STATES_OF_CONNECTION =
      Set.of(READ_ONLY, "3D000", "40001", "40P01");

  /** What a driver says when it knows no code; the cause knows more. */
  private static final Set<String> STATES_OF_NOTHING = Set.of("", "00000", "60000", "99999");

  /** What pgjdbc-ng gives when it can't connect, instead of 08001. */
  private static final String NG_CONNECT_STATE = "8001";

  /** The classes whose messages name tables, roles and limits, and quote no value of a row. */
  private static final Set<String> CLASSES_THAT_QUOTE_NO_ROW =
      Set.of("08", "0A", "25", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58", "XX");

  /** The class of errors in values, whose messages quote the value behind some words. */
  private static final String CLASS_OF_VALUES = "22";

  private static final Pattern SEVERITY = Pattern.compile("^\\p{L}+: +");
  private static final Pattern WORDS = Pattern.compile("^[\\p{L} ,()/-]*");
  private static final int LONGEST_TEXT = 300;

  private DatabaseFailure() {}

  /** What one throwable of a chain says; the first that says anything decides. */
  private enum Verdict {
    CONNECTION,
    STATEMENT,
    UNKNOWN
  }

  /**
   * Whether the connection or the server has failed, and so nothing is known of the statement; also
   * when no connection was to be had, or only one to a server that is read only. An {@link Error},
   * such as too little memory for what was read, is never the connection's.
   */
  public static boolean isOfConnection(Throwable failure) {
    List<Throwable> chain = chain(failure);
    if (chain.stream().anyMatch(Error.class::isInstance)) {
      return false;
    }
    for (Throwable link : chain) {
      Verdict verdict = verdict(link);
      if (verdict != Verdict.UNKNOWN) {
        return verdict == Verdict.CONNECTION;
      }
    }
    return false;
  }

  /** Whether the server can't do what a primary can: it is a standby, or set to read only. */
  public static boolean isWrongServer(Throwable failure) {
    return sqlState(failure).equals(READ_ONLY);
  }

  /** The SQLSTATE, of the first in the chain that has one; empty if none has. */
  public static String sqlState(Throwable failure) {
    return chain(failure).stream()
        .map(DatabaseFailure::ownState)
        .filter(state -> !STATES_OF_NOTHING.contains(state))
        .findFirst()
        .orElse("");
  }

  /**
   * One line for logs, without the SQLSTATE and without anything that may come from a row: of a
   * message that may quote a value only the words before it are given.
   */
  public static String text(Throwable failure) {
    for (Throwable link : chain(failure)) {
      if (link instanceof SQLTransientConnectionException && link.getCause() != null) {
        // The pool says how long it has waited; why is in the cause.
        return shortened(firstLine(link) + ": " + text(link.getCause()));
      }
      if (link instanceof SQLException sql && !isMereWrapper(sql)) {
        return shortened(sqlText(sql));
      }
      if (isOfNetwork(link)) {
        return shortened(link.getClass().getSimpleName() + ": " + firstLine(link));
      }
    }
    return root(failure).getClass().getSimpleName();
  }

  private static Verdict verdict(Throwable link) {
    if (link instanceof SQLTransientConnectionException
        || link instanceof SQLNonTransientConnectionException
        || link instanceof SQLRecoverableException
        || isOfNetwork(link)) {
      return Verdict.CONNECTION;
    }
    if (!(link instanceof SQLException)) {
      return Verdict.UNKNOWN;
    }
    String state = ownState(link);
    if (STATES_OF_NOTHING.contains(state)) {
      return isClosed(link) ? Verdict.CONNECTION : Verdict.UNKNOWN;
    }
    boolean isOfConnection =
        STATES_OF_CONNECTION.contains(state)
            || CLASSES_OF_CONNECTION.stream().anyMatch(state::startsWith);
    return isOfConnection && !state.equals(LIMIT_EXCEEDED) ? Verdict.CONNECTION : Verdict.STATEMENT;
  }

  /** The pool's words for a connection that it has closed, or after its own end; without a code. */
  private static boolean isClosed(Throwable link) {
    String message = String.valueOf(link.getMessage());
    return message.equals("Connection is closed")
        || (message.startsWith("HikariDataSource ") && message.endsWith(" has been closed."));
  }

  /** Not just any IOException: parsers of a row's text throw their own kinds of it. */
  private static boolean isOfNetwork(Throwable link) {
    return link instanceof SocketException
        || link instanceof SocketTimeoutException
        || link instanceof UnknownHostException
        || link instanceof SSLException
        || link instanceof EOFException
        || link instanceof ClosedChannelException
        || link.getClass() == IOException.class;
  }

  /** Whether the cause says more: without a code, a message may say anything. */
  private static boolean isMereWrapper(SQLException failure) {
    return STATES_OF_NOTHING.contains(ownState(failure))
        && failure.getCause() != null
        && !isOfConnection(failure);
  }

  private static String sqlText(SQLException failure) {
    String message = firstLine(failure);
    String state = ownState(failure);
    if (STATES_OF_NOTHING.contains(state)) {
      return isOfConnection(failure) ? message : failure.getClass().getSimpleName();
    }
    if (CLASSES_THAT_QUOTE_NO_ROW.contains(state.substring(0, 2))) {
      return message;
    }
    if (!state.startsWith(CLASS_OF_VALUES)) {
      return failure.getClass().getSimpleName();
    }
    String withoutSeverity = SEVERITY.matcher(message).replaceFirst("");
    Matcher words = WORDS.matcher(withoutSeverity);
    String beginning = words.find() ? words.group() : "";
    return beginning.length() == withoutSeverity.length()
        ? withoutSeverity
        : beginning.strip() + " …";
  }

  private static String ownState(Throwable link) {
    @Nullable String state = link instanceof SQLException sql ? sql.getSQLState() : null;
    if (NG_CONNECT_STATE.equals(state)) {
      return "08001";
    }
    return state == null || state.length() != 5 ? "" : state;
  }

  private static String firstLine(Throwable link) {
    return String.valueOf(link.getMessage()).lines().findFirst().orElse("").strip();
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 1) + "…";
  }

  private static Throwable root(Throwable failure) {
    List<Throwable> chain = chain(failure);
    return chain.get(chain.size() - 1);
  }

  /** The failure and its causes; a chain that bites its own tail ends there. */
  private static List<Throwable> chain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    @Nullable Throwable link = failure;
    while (link != null && !chain.contains(link)) {
      chain.add(link);
      link = link.getCause();
    }
    return chain;
  }
}
