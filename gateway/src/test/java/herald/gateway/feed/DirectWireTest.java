package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** PostgreSQL's answers, whole, in pieces, and such as are none. */
class DirectWireTest {
  private static final int LONGEST = 64 * 1024 * 1024;

  private final List<String> heard = new ArrayList<>();
  private final List<SQLException> refusals = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private boolean rowsFail;

  private final DirectWire.Receiver receiver =
      new DirectWire.Receiver() {
        @Override
        public void onRow(ByteBuf row) {
          if (rowsFail) {
            throw new IllegalStateException("a row of other columns");
          }
          heard.add("row " + row.readByte());
        }

        @Override
        public void onReady() {
          heard.add("ready");
        }

        @Override
        public void onRefused(SQLException why) {
          refusals.add(why);
        }

        @Override
        public void onFailure(Throwable why) {
          failures.add(why);
        }
      };

  private final EmbeddedChannel channel = new EmbeddedChannel(new DirectWire(receiver));

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private static void message(ByteBuf to, char type, byte... body) {
    to.writeByte(type).writeInt(Integer.BYTES + body.length).writeBytes(body);
  }

  /** Two rows, with what the server may say at any time between them. */
  private static ByteBuf answer() {
    ByteBuf answer = Unpooled.buffer();
    message(answer, '2');
    message(answer, 'D', (byte) 1, (byte) 9);
    message(answer, 'N', (byte) 0);
    message(answer, 'S', (byte) 'a', (byte) 0, (byte) 'b', (byte) 0);
    message(answer, 'D', (byte) 2);
    message(answer, 'C', (byte) 'S', (byte) 0);
    message(answer, 'Z', (byte) 'I');
    return answer;
  }

  private void receive(ByteBuf bytes) {
    channel.writeInbound(bytes);
    channel.checkException();
  }

  @Test
  void rowsAndTheEndAreTold() {
    receive(answer());
    assertThat(heard).containsExactly("row 1", "row 2", "ready");
    assertThat(failures).isEmpty();
    assertThat(channel.<Object>readInbound()).as("what the driver sees").isNull();
  }

  @Test
  void twoAnswersInPiecesOfAnyLengthAreTheSame() {
    ByteBuf both = Unpooled.wrappedBuffer(answer(), answer());
    for (int length = 1; length <= both.readableBytes(); length++) {
      heard.clear();
      for (int begin = 0; begin < both.readableBytes(); begin += length) {
        receive(both.copy(begin, Math.min(length, both.readableBytes() - begin)));
      }
      assertThat(heard)
          .as("pieces of " + length)
          .containsExactly("row 1", "row 2", "ready", "row 1", "row 2", "ready");
    }
    both.release();
    assertThat(failures).isEmpty();
  }

  @Test
  void piecesThatDoNotFitInMemoryAreReleased() {
    channel
        .config()
        .setAllocator(
            new AbstractByteBufAllocator() {
              @Override
              protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
                throw new OutOfMemoryError("no memory");
              }

              @Override
              protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
                throw new OutOfMemoryError("no memory");
              }

              @Override
              public boolean isDirectBufferPooled() {
                return false;
              }
            });
    ByteBuf other = answer();
    ByteBuf one = Unpooled.buffer(8, 8).writeBytes(other, 0, 8);
    receive(one);
    receive(other);
    assertThat(failures).hasSize(1).first().isInstanceOf(OutOfMemoryError.class);
    assertThat(one.refCnt()).isZero();
    assertThat(other.refCnt()).isZero();
  }

  @Test
  void anErrorOfTheServerIsToldWithItsStateAndTheEndFollows() {
    ByteBuf answer = Unpooled.buffer();
    message(
        answer,
        'E',
        "SERROR\0C0A000\0Mcached plan must not change result type\0\0"
            .getBytes(StandardCharsets.US_ASCII));
    message(answer, 'Z', (byte) 'I');
    receive(answer);
    assertThat(refusals).hasSize(1);
    assertThat(refusals.get(0).getMessage()).isEqualTo("cached plan must not change result type");
    assertThat(refusals.get(0).getSQLState()).isEqualTo("0A000");
    assertThat(heard).containsExactly("ready");
    assertThat(failures).isEmpty();
  }

  @Test
  void anErrorThatIsCutOffIsOneAllTheSame() {
    for (String fields : new String[] {"", "M", "Mno end", "C0A000\0Mno end"}) {
      ByteBuf answer = Unpooled.buffer();
      message(answer, 'E', fields.getBytes(StandardCharsets.US_ASCII));
      message(answer, 'Z', (byte) 'I');
      refusals.clear();
      heard.clear();
      receive(answer);
      assertThat(refusals).hasSize(1);
      assertThat(failures).isEmpty();
      assertThat(heard).containsExactly("ready");
    }
  }

  @Test
  void whatIsNoAnswerFailsOnceAndNothingIsReadBehindIt() {
    ByteBuf bytes = Unpooled.buffer();
    message(bytes, 'D', (byte) 1);
    message(bytes, 's');
    bytes.writeBytes(answer());
    receive(bytes);
    receive(answer());
    assertThat(heard).containsExactly("row 1");
    assertThat(failures).hasSize(1);
    assertThat(bytes.refCnt()).isZero();
  }

  @Test
  void aLengthBeyondTheBoundsFails() {
    for (int length : new int[] {-1, 0, 3, LONGEST + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      EmbeddedChannel other = new EmbeddedChannel(new DirectWire(receiver));
      failures.clear();
      other.writeInbound(Unpooled.buffer().writeByte('D').writeInt(length));
      assertThat(failures).as("length " + length).hasSize(1);
      other.finishAndReleaseAll();
    }
  }

  @Test
  void aRowThatCannotBeReadFails() {
    rowsFail = true;
    receive(answer());
    assertThat(heard).isEmpty();
    assertThat(failures).singleElement().isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatIsIncompleteAtTheEndIsReleased() {
    ByteBuf half = answer().copy(0, 8);
    receive(half);
    channel.close();
    assertThat(half.refCnt()).isZero();
  }

  @Test
  void whatGoesWrongOnTheSocketIsAFailure() {
    receive(answer().copy(0, 8));
    channel.pipeline().fireExceptionCaught(new OutOfMemoryError("no room for what has come"));
    assertThat(failures).singleElement().isInstanceOf(OutOfMemoryError.class);
    receiveIgnoring(answer());
    assertThat(heard).as("behind what was lost").isEmpty();
  }

  private void receiveIgnoring(ByteBuf bytes) {
    try {
      receive(bytes);
    } catch (OutOfMemoryError e) {
      // The one that was fired, which the driver would have got.
    }
  }
}
