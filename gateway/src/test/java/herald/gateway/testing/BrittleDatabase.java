package herald.gateway.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A database that gives no connection: it throws what it is told to, or holds whoever asks. */
public final class BrittleDatabase extends DataSourceStub {
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger held = new AtomicInteger();
  private final CountDownLatch release = new CountDownLatch(1);
  private volatile @Nullable Throwable failure = new SQLException("nobody is here");

  /** What is thrown from now on; null holds whoever asks until {@link #release}. */
  public void failWith(@Nullable Throwable thrown) {
    failure = thrown;
  }

  /** Lets those go on that are held. */
  public void release() {
    release.countDown();
  }

  /** How often it has been asked for a connection. */
  public int asked() {
    return asked.get();
  }

  /** How many have been held. */
  public int held() {
    return held.get();
  }

  @Override
  public Connection getConnection() throws SQLException {
    asked.incrementAndGet();
    Throwable thrown = failure;
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    } else if (thrown instanceof Error error) {
      throw error;
    } else if (thrown == null) {
      held.incrementAndGet();
      boolean interrupted = false;
      while (release.getCount() > 0) {
        try {
          release.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    throw new SQLException("nobody is here");
  }
}
