package herald.gateway.connection;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LargeTextsTest {
  private static final int PIECE = LargeText.PIECE_BYTES;
  private static final int PIECES = 4;
  private static final int REST = 1_000;
  private static final int BYTES = (PIECES - 1) * PIECE + REST;

  private final byte[] text = text(1);
  private final LargeTexts texts = new LargeTexts(3 * BYTES);

  private static byte[] text(int seed) {
    byte[] bytes = new byte[BYTES];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static int length(int piece) {
    return piece == PIECES - 1 ? REST : PIECE;
  }

  /** The whole piece, with a reference. */
  private static ByteBuf piece(LargeText of, int piece) {
    return requireNonNull(of.slice(piece * PIECE, length(piece)));
  }

  /** Writes it to its end, to somebody who takes all. */
  private void readAll(LargeText copy) {
    for (int piece = 0; piece < PIECES; piece++) {
      piece(copy, piece).release();
    }
  }

  /** Acquires a text and has it copied as a whole. */
  private LargeText copied(byte[] bytes) {
    LargeText copy = texts.acquire(bytes);
    readAll(copy);
    return copy;
  }

  @Test
  void aPieceIsCopiedWhenItIsNeededFirstAndNoMoreAtOnce() {
    LargeText copy = texts.acquire(text);
    assertThat(texts.bytes()).isZero();
    for (int piece = 0; piece < PIECES; piece++) {
      long before = texts.bytes();
      ByteBuf slice = piece(copy, piece);
      assertThat(texts.bytes() - before).isEqualTo(length(piece));
      assertThat(slice.isDirect()).isTrue();
      byte[] read = new byte[length(piece)];
      slice.readBytes(read).release();
      assertThat(read)
          .isEqualTo(Arrays.copyOfRange(text, piece * PIECE, piece * PIECE + length(piece)));
    }
    texts.giveBack(copy);
    assertThat(texts.bytes()).isZero();
  }

  @Test
  void oneCopyServesAllAndIsFreedWithTheLastReference() {
    LargeText first = texts.acquire(text);
    LargeText second = texts.acquire(text);
    assertThat(second).isSameAs(first);
    readAll(first);
    ByteBuf slice = requireNonNull(second.slice(PIECE + 10, 20));
    assertThat(texts.bytes()).isEqualTo(BYTES);
    texts.giveBack(first);
    assertThat(texts.bytes()).as("somebody is in the middle of it").isEqualTo(BYTES);
    texts.giveBack(second);
    assertThat(texts.bytes()).as("a slice waits in a channel").isEqualTo(PIECE);
    texts.forgetFreed();
    assertThat(texts.bytes()).isEqualTo(PIECE);
    byte[] waiting = new byte[20];
    slice.readBytes(waiting).release();
    assertThat(waiting).containsExactly(Arrays.copyOfRange(text, PIECE + 10, PIECE + 30));
    assertThat(slice.refCnt()).isZero();
    texts.forgetFreed();
    assertThat(texts.bytes()).isZero();
  }

  @Test
  void whatHasBeenFreedIsCopiedAnew() {
    texts.giveBack(copied(text));
    assertThat(texts.bytes()).isZero();
    LargeText again = copied(text);
    assertThat(texts.bytes()).isEqualTo(BYTES);
    texts.giveBack(again);
  }

  @Test
  void theCopiesAreBoundedTogether() {
    List<LargeText> held = List.of(copied(text(1)), copied(text(2)), copied(text(3)));
    LargeText next = texts.acquire(text(4));
    assertThat(next.slice(0, PIECE)).isNull();
    ByteBuf slice = piece(held.get(1), 0);
    texts.giveBack(held.get(1));
    slice.release();
    texts.giveBack(next);
    LargeText another = copied(text(5));
    assertThat(texts.bytes()).isEqualTo(3 * BYTES);
    texts.giveBack(another);
    texts.giveBack(held.get(0));
    texts.giveBack(held.get(2));
    assertThat(texts.bytes()).isZero();
  }

  @Test
  void eventLoopsThatNeedItAtOnceShareIt() throws Exception {
    int loops = 4;
    // Each may keep room for a piece before the fastest has copied it.
    LargeTexts shared = new LargeTexts((long) loops * BYTES);
    ExecutorService threads = Executors.newFixedThreadPool(loops);
    try {
      CyclicBarrier together = new CyclicBarrier(loops);
      for (int round = 0; round < 100; round++) {
        Callable<ByteBuf> need =
            () -> {
              together.await();
              LargeText copy = shared.acquire(text);
              ByteBuf slice = piece(copy, 1);
              together.await();
              shared.giveBack(copy);
              return slice;
            };
        List<Future<ByteBuf>> slices = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
          slices.add(threads.submit(need));
        }
        for (Future<ByteBuf> slice : slices) {
          slice.get();
        }
        assertThat(shared.bytes()).isEqualTo(PIECE);
        ByteBuf first = slices.get(0).get();
        assertThat(first.refCnt()).as("of one piece").isEqualTo(loops);
        first.release(loops);
        shared.forgetFreed();
        assertThat(shared.bytes()).isZero();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
