package herald.gateway.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The messages of {@code pgoutput}, as PostgreSQL 15 has sent them and as nobody should. */
class PgOutputDecoderTest {
  /**
   * What a slot of PostgreSQL 15 has sent: a transaction with two rows and a text, one that began
   * when the publication had been changed to all columns, and a text outside of transactions.
   */
  private static final List<String> CAPTURED =
      List.of(
          "4200000000015615e800030444d6e8473f000002d9",
          "52000040b17075626c6963007270635f6c6f6700640001017369670000000019ffffffff",
          "49000040b14e000174000000056669727374",
          "49000040b14e000174000000097a776569746520c3a4",
          "4d0100000000015615e8686572616c645f31000000000931206120706f696e74",
          "430000000000015615e8000000000156161800030444d6e8473f",
          "420000000001561f1800030444d6e86308000002db",
          "52000040b17075626c6963007270635f6c6f6700640006017369670000000019ffffffff0072"
              + "70630000000072ffffffff0066726f6d5f77616c6c65740000000019ffffffff0072656c6179"
              + "65645f62790000000019ffffffff0072656c617965645f6174000000045affffffff00617070"
              + "6c6965645f6174000000045affffffff",
          "49000040b14e000674000000047769646574000000087b2261223a20317d7400000001777400"
              + "000001727400000019323032362d31312d32372031383a31373a31392e393732333974000000"
              + "19323032362d31312d32372031383a31373a31392e3937323339",
          "43000000000001561f180000000001561f4800030444d6e86308",
          "4d000000000001561f80656c7365000000000178");

  private static final List<byte[]> VALID =
      Stream.of(
              PgOutputBytes.begin(1, 2, 3),
              PgOutputBytes.relation(5, "rpc_log", "rpc", "sig"),
              PgOutputBytes.insert(5, "{}", "signature"),
              PgOutputBytes.text("prefix", "content"))
          .map(PgOutputDecoderTest::bytes)
          .toList();

  private final List<String> said = new ArrayList<>();
  private final PgOutputDecoder decoder =
      new PgOutputDecoder(
          new PgOutputDecoder.Handler() {
            @Override
            public void onBegin(long xid, long commitLsn, long commitMicros) {
              said.add("begin " + xid + " " + commitLsn + " " + commitMicros);
            }

            @Override
            public void onInsert(String signature) {
              said.add("insert " + signature);
            }

            @Override
            public void onMessage(String prefix, String content) {
              said.add("message " + prefix + " " + content);
            }

            @Override
            public void onCommit(long endLsn) {
              said.add("commit " + endLsn);
            }
          });

  private static byte[] bytes(ByteBuffer message) {
    byte[] bytes = new byte[message.remaining()];
    message.duplicate().get(bytes);
    return bytes;
  }

  private void decode(ByteBuffer... messages) {
    for (ByteBuffer message : messages) {
      decoder.decode(message);
    }
  }

  @Test
  void aTransactionIsRead() {
    decode(
        PgOutputBytes.begin(100, 7, 0xffff_fff0),
        PgOutputBytes.relation(5, "rpc_log", "sig"),
        PgOutputBytes.insert(5, "ä"),
        PgOutputBytes.insert(5, "b"),
        PgOutputBytes.text("prefix", "content"),
        PgOutputBytes.commit(200));
    assertThat(said)
        .containsExactly(
            "begin 4294967280 100 946684800000007",
            "insert ä",
            "insert b",
            "message prefix content",
            "commit 200");
  }

  /** A publication that somebody else has made may hand out all columns, and other tables. */
  @Test
  void otherColumnsAndOtherTablesArePassed() {
    decode(
        PgOutputBytes.relation(5, "rpc_log", "rpc", "relayed_by", "sig", "from_wallet"),
        PgOutputBytes.relation(6, "chat_message", "sig"),
        PgOutputBytes.insert(6, "of another table"),
        PgOutputBytes.insert(5, "{}", null, "a", "0x"));
    assertThat(said).containsExactly("insert a");
  }

  @Test
  void aTableThatIsMadeAnewIsReadByItsNewColumns() {
    decode(
        PgOutputBytes.relation(5, "rpc_log", "sig", "rpc"),
        PgOutputBytes.relation(5, "rpc_log", "rpc", "sig"),
        PgOutputBytes.insert(5, "{}", "a"),
        PgOutputBytes.relation(5, "renamed", "rpc", "sig"),
        PgOutputBytes.insert(5, "{}", "b"));
    assertThat(said).containsExactly("insert a");
  }

  @Test
  void whatSaysNothingOfNewRowsIsPassed() {
    for (char type : "OYUDT".toCharArray()) {
      decode(ByteBuffer.wrap(new byte[] {(byte) type, 1, 2, 3}));
    }
    assertThat(said).isEmpty();
  }

  @Test
  void aRowWithoutASignatureIsRefused() {
    decode(PgOutputBytes.relation(5, "rpc_log", "rpc", "sig"));
    for (ByteBuffer row :
        List.of(PgOutputBytes.insert(5, "{}"), PgOutputBytes.insert(5, "{}", null))) {
      assertThatThrownBy(() -> decode(row)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(said).isEmpty();
  }

  /** Any program may write into the log, and as much as it likes. */
  @Test
  void aLongTextOfSomebodyElseIsPassed() {
    decode(PgOutputBytes.text("other", "x".repeat(1_000_000)));
    assertThat(said).isEmpty();
  }

  @Test
  void everyMessageThatEndsTooEarlyIsRefused() {
    for (byte[] message : VALID) {
      for (int length = 0; length < message.length; length++) {
        ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(message, length));
        assertThatThrownBy(() -> decode(cut)).isInstanceOf(IllegalArgumentException.class);
      }
      decode(ByteBuffer.wrap(message));
    }
  }

  @Test
  void randomBytesAreReadOrRefused() {
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = randomMessage(random);
      @Nullable IllegalArgumentException refused = null;
      try {
        decoder.decode(ByteBuffer.wrap(bytes));
      } catch (IllegalArgumentException e) {
        refused = e;
      }
      assertThat(refused == null || refused.getMessage() != null).isTrue();
    }
  }

  /** Bytes of any kind, or a message with some of its bytes changed. */
  private static byte[] randomMessage(Random random) {
    List<byte[]> messages = VALID.stream().map(byte[]::clone).toList();
    if (random.nextInt(4) == 0) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      return bytes;
    }
    byte[] bytes = messages.get(random.nextInt(messages.size()));
    for (int i = random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  @Test
  void whatAServerHasSentIsRead() {
    for (String hex : CAPTURED) {
      decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
    }
    assertThat(said)
        .containsExactly(
            "begin 729 22418920 1795803439966015",
            "insert first",
            "insert zweite ä",
            "message herald_1 1 a point",
            "commit 22418968",
            "begin 731 22421272 1795803439973128",
            "insert wide",
            "commit 22421320",
            "message else x");
  }

  /** Messages come as a slice of what the driver has received. */
  @Test
  void aSliceIsRead() {
    byte[] relation = bytes(PgOutputBytes.relation(5, "rpc_log", "sig"));
    byte[] padded = new byte[relation.length + 25];
    System.arraycopy(relation, 0, padded, 25, relation.length);
    decode(ByteBuffer.wrap(padded).position(25).slice(), PgOutputBytes.insert(5, "a"));
    assertThat(said).containsExactly("insert a");
  }
}
