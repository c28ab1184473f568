package herald.gateway.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A database of a unit test: a function that is given a statement's text and its parameters and
 * gives the rows. Only what the gateway's own queries call of JDBC is there. Any thread.
 */
public final class FakeDatabase extends DataSourceStub {
  private final Answers answers;

  /** Gives the rows of a query. */
  @FunctionalInterface
  public interface Answers {
    /**
     * Gives the rows; of a change, as many as it has changed.
     *
     * @param parameters in their order, an array's elements as a list
     * @return for each row its columns, an array as {@code Object[]}
     */
    List<@Nullable Object[]> rows(String sql, List<Object> parameters) throws SQLException;
  }

  /** A database that answers like this. */
  public FakeDatabase(Answers answers) {
    this.answers = answers;
  }

  @SuppressWarnings("unchecked") // the proxy is of the class
  private static <T> T fake(Class<T> type, InvocationHandler handler) {
    return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }

  private static UnsupportedOperationException unexpected(Object method) {
    return new UnsupportedOperationException("not of this fake: " + method);
  }

  @Override
  public Connection getConnection() {
    return fake(
        Connection.class,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "prepareStatement" -> statement((String) arguments[0]);
              case "createArrayOf" -> array((Object[]) arguments[1]);
              case "close", "setAutoCommit", "commit", "rollback" -> null;
              default -> throw unexpected(method);
            });
  }

  private PreparedStatement statement(String sql) {
    Map<Integer, Object> parameters = new TreeMap<>();
    return fake(
        PreparedStatement.class,
        (proxy, method, arguments) -> {
          switch (method.getName()) {
            case "setArray" -> {
              Object[] elements = (Object[]) ((Array) arguments[1]).getArray();
              parameters.put((Integer) arguments[0], new ArrayList<>(Arrays.asList(elements)));
              return null;
            }
            case "setInt", "setLong", "setString" -> {
              parameters.put((Integer) arguments[0], arguments[1]);
              return null;
            }
            case "executeQuery" -> {
              return resultSet(answers.rows(sql, List.copyOf(parameters.values())));
            }
            case "executeUpdate" -> {
              return answers.rows(sql, List.copyOf(parameters.values())).size();
            }
            case "close", "setQueryTimeout" -> {
              return null;
            }
            default -> throw unexpected(method);
          }
        });
  }

  private static Array array(Object[] elements) {
    return fake(
        Array.class,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "getArray" -> elements;
              case "free" -> null;
              default -> throw unexpected(method);
            });
  }

  private static ResultSet resultSet(List<@Nullable Object[]> rows) {
    Iterator<@Nullable Object[]> rest = rows.iterator();
    @Nullable Object[][] current = {{}};
    return fake(
        ResultSet.class,
        (proxy, method, arguments) -> {
          switch (method.getName()) {
            case "next" -> {
              boolean hasNext = rest.hasNext();
              current[0] = hasNext ? rest.next() : new Object[0];
              return hasNext;
            }
            case "close" -> {
              return null;
            }
            default -> {
              Object value = current[0][(Integer) arguments[0] - 1];
              return switch (method.getName()) {
                case "getString" -> value;
                case "getInt" -> value == null ? 0 : ((Number) value).intValue();
                case "getLong" -> value == null ? 0 : ((Number) value).longValue();
                case "getArray" -> value == null ? null : array((Object[]) value);
                default -> throw unexpected(method);
              };
            }
          }
        });
  }
}
