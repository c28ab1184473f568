package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import herald.gateway.database.ServerIdentity;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.gateway.feed.FeedMark;
import herald.gateway.feed.FeedPoint;
import herald.gateway.stream.StreamMessage.Batch;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.gateway.stream.StreamMessage.PointMark;
import herald.protocol.EventId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

/** Messages of the stream as bytes, and in parts. */
class StreamCodecTest {
  private static final long RELAY = 77;
  private static final FeedPoint POINT =
      new FeedPoint(
          5, 1_700_000_000_000_000L, 1L << 40, 99, 98, new ServerIdentity(3, false, "1"), "1/2/1");

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static OneEvent event(@Nullable EventId id, Audience audience, String middle) {
    return new OneEvent(
        RELAY,
        id,
        7,
        1_000_001,
        1_000_002,
        1_000_003,
        -5,
        true,
        audience,
        bytes("head"),
        bytes(middle),
        bytes("tail"));
  }

  private static void assertSame(StreamMessage read, OneEvent written) {
    OneEvent event = (OneEvent) read;
    assertThat(event).usingRecursiveComparison().ignoringFields("audience").isEqualTo(written);
    assertThat(event.audience().isBroadcast()).isEqualTo(written.audience().isBroadcast());
    assertThat(event.audience().stream().toArray())
        .isEqualTo(written.audience().stream().toArray());
  }

  @Test
  void anEventComesOutAsItWentIn() {
    OneEvent few = event(new EventId(1, -2, 3), Audience.of(300, 1, 2, 70_000), "middle");
    assertSame(StreamCodec.decode(StreamCodec.encode(few)), few);
    OneEvent nobodys = event(null, Audience.of(), "");
    assertSame(StreamCodec.decode(StreamCodec.encode(nobodys)), nobodys);
  }

  @Test
  void anAudienceOfAMillionTakesLessThanABitOfEach() {
    OneEvent many =
        event(
            new EventId(1, 2, 0),
            Audience.ofBlast(RoaringBitmap.bitmapOfRange(10, 1_000_010)),
            "middle");
    byte[] encoded = StreamCodec.encode(many);
    assertThat(encoded.length).isLessThan(125_000);
    assertSame(StreamCodec.decode(encoded), many);
  }

  @Test
  void aMarkAndABatchComeOutAsTheyWentIn() {
    PointMark mark = new PointMark(RELAY, new FeedMark(POINT, POINT, POINT), 12);
    assertThat(StreamCodec.decode(StreamCodec.encode(mark))).isEqualTo(mark);
    OneEvent event = event(new EventId(1, 2, 3), Audience.of(9), "middle");
    Batch read =
        (Batch) StreamCodec.decode(StreamCodec.encode(new Batch(RELAY, List.of(event, mark))));
    assertSame(read.messages().get(0), event);
    assertThat(read.messages().get(1)).isEqualTo(mark);
  }

  @Test
  void anEventOfTheFeedIsTheSameEventElsewhere() {
    Event event =
        event(new EventId(1, 2, 3), Audience.of(9), "middle")
            .event(TimeUnit.HOURS.toNanos(1), 2_000_000);
    OneEvent written = OneEvent.of(RELAY, event, TimeUnit.HOURS.toNanos(1), 2_000_000);
    assertThat(written.committedAtMicros()).isEqualTo(1_000_002);
    assertThat(written.receivedAtMicros()).isEqualTo(1_000_003);
    Event elsewhere = written.event(TimeUnit.HOURS.toNanos(9), 3_000_000);
    assertThat(elsewhere.committedAtNanos())
        .isEqualTo(TimeUnit.HOURS.toNanos(9) - TimeUnit.MICROSECONDS.toNanos(1_999_998));
    assertThat(elsewhere.encoded().id()).isEqualTo(event.encoded().id());
    assertThat(elsewhere.encoded().senderUserId()).isEqualTo(7);
    assertThat(elsewhere.row().xid()).isEqualTo(-5);
  }

  @Test
  void whatEndsTooEarlyIsRefused() {
    byte[] whole = StreamCodec.encode(event(new EventId(1, 2, 3), Audience.of(9, 500), "middle"));
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatIllegalArgumentException()
          .as("%d bytes", length)
          .isThrownBy(() -> StreamCodec.decode(part));
    }
  }

  @Test
  void anotherVersionIsRefusedWithASentence() {
    byte[] newer = StreamCodec.encode(event(null, Audience.of(1), "middle"));
    newer[0] = 9;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StreamCodec.decode(newer))
        .withMessage("a message of version 9 (expected: 1)");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void nothingButAnIllegalArgumentComesOfRandomBytes(long seed) {
    Random random = new Random(seed);
    byte[][] good = {
      StreamCodec.encode(event(new EventId(1, 2, 3), Audience.of(9, 500), "middle")),
      StreamCodec.encode(
          event(null, Audience.ofBlast(RoaringBitmap.bitmapOfRange(1, 9_000)), "middle")),
      StreamCodec.encode(new PointMark(RELAY, new FeedMark(POINT, POINT, POINT), 0)),
      StreamCodec.encode(
          new Batch(RELAY, List.of(new PointMark(RELAY, new FeedMark(POINT, POINT, POINT), 0)))),
      new byte[40]
    };
    for (int turn = 0; turn < 20_000; turn++) {
      byte[] bytes = good[turn % good.length].clone();
      for (int change = 0; change <= random.nextInt(4); change++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        StreamMessage read = StreamCodec.decode(bytes);
        assertThat(read).isNotNull();
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  // ---- Parts ----

  private static byte[] large() {
    return StreamCodec.encode(event(new EventId(1, 2, 3), Audience.of(9), "m".repeat(10_000)));
  }

  private static @Nullable StreamMessage takeAll(MessageParts parts, List<byte[]> pieces) {
    StreamMessage last = null;
    for (byte[] piece : pieces) {
      assertThat(last).isNull();
      last = parts.take(StreamCodec.decode(piece));
    }
    return last;
  }

  @Test
  void aLargeMessageComesInPartsAndIsPutTogether() {
    List<byte[]> pieces = MessageParts.cut(large(), RELAY, 1, 3_000);
    assertThat(pieces).hasSizeGreaterThan(3).allMatch(piece -> piece.length <= 3_000);
    StreamMessage whole = takeAll(new MessageParts(), pieces);
    assertThat(StreamCodec.encode(Objects.requireNonNull(whole))).isEqualTo(large());
    assertThat(MessageParts.cut(large(), RELAY, 1, 100_000)).containsExactly(large());
  }

  @Test
  void aSetThatAnotherRelayInterruptsIsDropped() {
    MessageParts parts = new MessageParts();
    List<byte[]> first = MessageParts.cut(large(), RELAY, 1, 3_000);
    List<byte[]> second = MessageParts.cut(large(), RELAY + 1, 1, 3_000);
    assertThat(takeAll(parts, first.subList(0, 2))).isNull();
    assertThat(takeAll(parts, second.subList(2, second.size()))).isNull();
    assertThat(takeAll(parts, first.subList(0, 2))).isNull();
    assertThat(takeAll(parts, second)).isNotNull();
    assertThat(takeAll(parts, first.subList(2, first.size()))).isNull();
    assertThat(parts.dropped()).isPositive();
  }
}
