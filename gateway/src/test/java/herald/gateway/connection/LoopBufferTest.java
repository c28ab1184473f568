package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopBufferTest {
  private final LoopBuffer buffer = new LoopBuffer();
  private final EncodedEvent one =
      EventEncoder.rpc(EventId.of("one", 0), "{\"method\":\"one\"}", 1, 0);
  private final EncodedEvent other =
      EventEncoder.rpc(EventId.of("other", 0), "{\"method\":\"other\"}", 1, 0);

  @AfterEach
  void close() {
    buffer.close();
  }

  private ByteBuf lend() {
    return Objects.requireNonNull(buffer.lend(ByteBufAllocator.DEFAULT, 512));
  }

  private static byte[] id(String hashId) {
    return hashId.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] frame(EncodedEvent event, String hashId) {
    ByteBuf frame = Unpooled.buffer();
    Frames.writeEvent(event, id(hashId), frame);
    return ByteBufUtil.getBytes(frame);
  }

  /** What a socket that takes all at once gets. */
  private byte[] write(EncodedEvent event, String hashId) {
    ByteBuf lent = lend();
    buffer.writeEvent(event, id(hashId), lent);
    byte[] bytes = ByteBufUtil.getBytes(lent);
    // What may ride behind it.
    lent.writeLong(Long.MAX_VALUE);
    buffer.takeBack(lent);
    return bytes;
  }

  @Test
  void everyReceiverGetsAFrameOfItsOwn() {
    assertThat(write(one, "aaaaa")).isEqualTo(frame(one, "aaaaa"));
    assertThat(write(one, "bbbbb")).isEqualTo(frame(one, "bbbbb"));
    assertThat(write(one, "ccccccc")).isEqualTo(frame(one, "ccccccc"));
    assertThat(write(one, "ddddd")).isEqualTo(frame(one, "ddddd"));
    assertThat(write(other, "aaaaa")).isEqualTo(frame(other, "aaaaa"));
    assertThat(write(one, "aaaaa")).isEqualTo(frame(one, "aaaaa"));
  }

  @Test
  void aSecondEventComesBehindTheFirst() {
    write(one, "aaaaa");
    ByteBuf lent = lend();
    buffer.writeEvent(one, id("bbbbb"), lent);
    buffer.writeEvent(other, id("bbbbb"), lent);
    assertThat(ByteBufUtil.getBytes(lent))
        .startsWith(frame(one, "bbbbb"))
        .endsWith(frame(other, "bbbbb"));
    buffer.takeBack(lent);
    assertThat(write(one, "ccccc")).isEqualTo(frame(one, "ccccc"));
  }

  /**
   * While one is written, another connection of the loop writes, and its socket keeps the buffer.
   */
  @Test
  void whatIsWrittenMeanwhileDoesNotMixWithIt() {
    ByteBuf outer = lend();
    buffer.writeEvent(one, id("outer"), outer);
    ByteBuf inner = lend();
    buffer.writeEvent(other, id("inner"), inner);
    buffer.takeBack(inner.retain());
    buffer.takeBack(outer);
    assertThat(write(other, "after")).isEqualTo(frame(other, "after"));
    assertThat(ByteBufUtil.getBytes(inner)).isEqualTo(frame(other, "inner"));
    inner.release();
  }

  /**
   * A socket that is full keeps the buffer; what comes after must not show in it, or rest on it.
   */
  @Test
  void aBufferThatWasKeptIsNotUsedAgain() {
    List<ByteBuf> kept = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ByteBuf lent = lend();
      buffer.writeEvent(one, id("kept" + i), lent);
      buffer.takeBack(lent.retain());
      kept.add(lent);
    }
    for (int i = 0; i < 5; i++) {
      assertThat(ByteBufUtil.getBytes(kept.get(i))).isEqualTo(frame(one, "kept" + i));
      kept.get(i).release();
      assertThat(write(one, "after")).isEqualTo(frame(one, "after"));
    }
  }
}
