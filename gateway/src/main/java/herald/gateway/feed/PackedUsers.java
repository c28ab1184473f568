package herald.gateway.feed;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.roaringbitmap.RoaringBitmap;

/**
 * Reads sets of users that may be millions. A query gives a row for each 65,536 users, which is
 * what a bitmap keeps together, and in it the users, four bytes each: {@code
 * string_agg(int4send(u), '') ... group by u >> 16}. A row for each user would cost more than all
 * the rest. Any thread.
 */
final class PackedUsers {
  /** Of at most 256 KB each. */
  private static final int ROWS_AT_A_TIME = 16;

  private PackedUsers() {}

  /** What is done with one row. */
  interface RowReader {
    /**
     * Is given each row.
     *
     * @param users what stands in its last column
     */
    void onRow(ResultSet row, RoaringBitmap users) throws SQLException;
  }

  /** The users of all rows of a query that has one column. */
  static RoaringBitmap read(Connection connection, String query, Object... parameters)
      throws SQLException {
    RoaringBitmap all = new RoaringBitmap();
    forEachRow(connection, query, (row, users) -> all.or(users), parameters);
    return all;
  }

  /** Reads a query with the users in its last column, as a stream. */
  static void forEachRow(
      Connection connection, String query, RowReader reader, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setFetchSize(ROWS_AT_A_TIME);
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        int last = row.getMetaData().getColumnCount();
        while (row.next()) {
          reader.onRow(row, RoaringBitmap.bitmapOfUnordered(integers(row.getBytes(last))));
        }
      }
    }
  }

  private static int[] integers(byte[] bigEndian) {
    int[] integers = new int[bigEndian.length / Integer.BYTES];
    ByteBuffer.wrap(bigEndian).asIntBuffer().get(integers);
    return integers;
  }
}
