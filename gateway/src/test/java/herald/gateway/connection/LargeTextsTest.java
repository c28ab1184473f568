package herald.gateway.connection;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LargeTextsTest {
  private static final int BYTES = 100_000;

  private final byte[] text = text(1);
  private final LargeTexts texts = new LargeTexts(3 * BYTES);

  private static byte[] text(int seed) {
    byte[] bytes = new byte[BYTES];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private ByteBuf acquire(byte[] bytes) {
    return requireNonNull(texts.acquire(bytes));
  }

  @Test
  void oneCopyServesAllAndIsFreedWithTheLastReference() {
    ByteBuf first = acquire(text);
    ByteBuf second = acquire(text);
    assertThat(second).isSameAs(first);
    assertThat(first.isDirect()).isTrue();
    assertThat(texts.bytes()).isEqualTo(BYTES);
    ByteBuf slice = second.retainedSlice(10, 20);
    first.release();
    second.release();
    texts.forgetFreed();
    assertThat(texts.bytes()).as("a slice waits in a channel").isEqualTo(BYTES);
    byte[] waiting = new byte[20];
    slice.readBytes(waiting).release();
    assertThat(waiting).containsExactly(java.util.Arrays.copyOfRange(text, 10, 30));
    assertThat(first.refCnt()).isZero();
    texts.forgetFreed();
    assertThat(texts.bytes()).isZero();
  }

  @Test
  void whatHasBeenFreedIsCopiedAnew() {
    acquire(text).release();
    ByteBuf again = acquire(text);
    assertThat(again.refCnt()).isEqualTo(1);
    assertThat(texts.bytes()).isEqualTo(BYTES);
    again.release();
  }

  @Test
  void theCopiesAreBoundedTogether() {
    List<ByteBuf> held = List.of(acquire(text(1)), acquire(text(2)), acquire(text(3)));
    assertThat(texts.acquire(text(4))).isNull();
    held.get(1).release();
    ByteBuf next = acquire(text(4));
    assertThat(texts.bytes()).isEqualTo(3 * BYTES);
    next.release();
    held.get(0).release();
    held.get(2).release();
  }

  @Test
  void eventLoopsThatNeedItAtOnceShareIt() throws Exception {
    int loops = 4;
    // Each may keep room for a copy before the fastest has made one.
    LargeTexts shared = new LargeTexts((long) loops * BYTES);
    ExecutorService threads = Executors.newFixedThreadPool(loops);
    try {
      CyclicBarrier together = new CyclicBarrier(loops);
      for (int round = 0; round < 100; round++) {
        Callable<ByteBuf> need =
            () -> {
              together.await();
              return requireNonNull(shared.acquire(text));
            };
        List<Future<ByteBuf>> copies = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
          copies.add(threads.submit(need));
        }
        ByteBuf first = copies.get(0).get();
        for (Future<ByteBuf> copy : copies) {
          assertThat(copy.get()).isSameAs(first);
        }
        assertThat(first.refCnt()).isEqualTo(loops);
        assertThat(shared.bytes()).isEqualTo(BYTES);
        first.release(loops);
      }
    } finally {
      threads.shutdownNow();
    }
    shared.forgetFreed();
    assertThat(shared.bytes()).isZero();
  }
}
