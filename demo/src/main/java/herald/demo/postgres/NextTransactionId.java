package herald.demo.postgres;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Moves the next transaction id of a cluster that has been shut down in the orderly way, as {@code
 * pg_resetwal} does, which is not among the embedded programs.
 *
 * <p>A server that starts takes the next id from its last checkpoint: PostgreSQL 14 from the record
 * in the write-ahead log, later versions from the copy of it in the file {@code pg_control}. Both
 * are changed, with their checksums. The fields that matter lie at the same places in 14 to 18.
 */
@SuppressWarnings("ByteBufferBackingArray") // all are from wrap or allocate
final class NextTransactionId {
  /** How many transactions share a page of the commit log, which is made when it is entered. */
  static final int PER_PAGE = 32_768;

  private static final int SEGMENT_BYTES = 16 * 1024 * 1024;
  private static final int PAGE_BYTES = 8_192;
  private static final int FIRST_PAGE_HEADER_BYTES = 40;
  private static final int PAGE_HEADER_BYTES = 24;

  // In pg_control.
  private static final int STATE = 16;
  private static final int SHUT_DOWN = 1;
  private static final int CHECKPOINT_POSITION = 32;
  private static final int CHECKPOINT_COPY = 40;
  private static final int SMALLEST_CONTROL_BYTES = 200;
  private static final int LARGEST_CONTROL_BYTES = 400;

  // In a record of the log: the checksum ends the header, and two bytes stand before the data.
  private static final int RECORD_CHECKSUM = 20;
  private static final int RECORD_BODY = 24;
  private static final int RECORD_CHECKPOINT = RECORD_BODY + 2;

  // In a checkpoint.
  private static final int TIMELINE = 8;
  private static final int NEXT_ID = 24;
  private static final int OLDEST_ID = 44;
  private static final int COMMIT_TIMES = 72;

  private final Path dataDirectory;

  private NextTransactionId(Path dataDirectory) {
    this.dataDirectory = dataDirectory;
  }

  /**
   * Sets the next id. No id of before may still be needed: every table has to be frozen.
   *
   * @param next with the epoch in the upper 32 bits; a multiple of {@link #PER_PAGE}, since no page
   *     of the commit log is made here
   */
  static void set(Path dataDirectory, long next) throws IOException {
    if (next % PER_PAGE != 0) {
      throw new IllegalArgumentException(
          "next transaction id " + next + " (expected: a multiple of " + PER_PAGE + ")");
    }
    new NextTransactionId(dataDirectory).set(next);
  }

  private void set(long next) throws IOException {
    Path controlFile = dataDirectory.resolve("global/pg_control");
    ByteBuffer control = read(controlFile);
    int controlChecksum = checksumOf(control);
    if (control.getInt(STATE) != SHUT_DOWN) {
      throw new IllegalStateException("the server runs or has crashed (expected: shut down)");
    }
    long position = control.getLong(CHECKPOINT_POSITION);
    Path log = segment(control.getInt(CHECKPOINT_COPY + TIMELINE), position / SEGMENT_BYTES);
    ByteBuffer segment = read(log);
    int[] places = placesOfRecord(segment, (int) (position % SEGMENT_BYTES));
    ByteBuffer record = ByteBuffer.allocate(places.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < places.length; i++) {
      record.put(i, segment.get(places[i]));
    }
    if (record.getInt(RECORD_CHECKSUM) != checksumOfRecord(record)) {
      throw new IllegalStateException("no checkpoint at position " + position + " of the log");
    }
    change(record, RECORD_CHECKPOINT, next);
    record.putInt(RECORD_CHECKSUM, checksumOfRecord(record));
    for (int i = 0; i < places.length; i++) {
      segment.put(places[i], record.get(i));
    }
    change(control, CHECKPOINT_COPY, next);
    control.putInt(controlChecksum, checksum(control, 0, controlChecksum));
    // In place, so that the files stay those of the server's account.
    Files.write(log, segment.array(), StandardOpenOption.WRITE);
    Files.write(controlFile, control.array(), StandardOpenOption.WRITE);
  }

  private static void change(ByteBuffer bytes, int checkpoint, long next) {
    bytes.putLong(checkpoint + NEXT_ID, next);
    bytes.putInt(checkpoint + OLDEST_ID, (int) next);
    // No commit has a time: both ends of what is kept are zero.
    bytes.putLong(checkpoint + COMMIT_TIMES, 0);
  }

  private Path segment(int timeline, long number) {
    int perFile = (int) ((1L << 32) / SEGMENT_BYTES);
    return dataDirectory.resolve(
        "pg_wal/%08X%08X%08X".formatted(timeline, number / perFile, number % perFile));
  }

  /** Where each byte of a record is: headers of pages lie between them. */
  private static int[] placesOfRecord(ByteBuffer segment, int begin) {
    // The length is the first field, and records begin at multiples of eight bytes.
    int[] places = new int[segment.getInt(begin)];
    int place = begin;
    for (int i = 0; i < places.length; i++) {
      if (place % PAGE_BYTES == 0) {
        place += place == 0 ? FIRST_PAGE_HEADER_BYTES : PAGE_HEADER_BYTES;
      }
      places[i] = place;
      place++;
    }
    return places;
  }

  /** Of the body first, and then of the header as far as the checksum itself. */
  private static int checksumOfRecord(ByteBuffer record) {
    CRC32C crc = new CRC32C();
    crc.update(record.array(), RECORD_BODY, record.capacity() - RECORD_BODY);
    crc.update(record.array(), 0, RECORD_CHECKSUM);
    return (int) crc.getValue();
  }

  /** Where the checksum of pg_control is, which depends on the version: behind what it is of. */
  private static int checksumOf(ByteBuffer control) {
    for (int place = SMALLEST_CONTROL_BYTES; place < LARGEST_CONTROL_BYTES; place += 4) {
      if (control.getInt(place) == checksum(control, 0, place)) {
        return place;
      }
    }
    throw new IllegalStateException("pg_control has no valid checksum");
  }

  private static int checksum(ByteBuffer bytes, int begin, int end) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), begin, end - begin);
    return (int) crc.getValue();
  }

  private static ByteBuffer read(Path file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
