package herald.demo.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DatabaseDirectoryTest {
  private DatabaseDirectory directory;
  private Path ownerFile;

  @BeforeEach
  void create() throws IOException {
    directory = DatabaseDirectory.create(ServerAccount.ofThisProcess());
    ownerFile = Path.of(directory.toString(), "owner.pid");
  }

  @AfterEach
  void delete() throws IOException {
    directory.delete();
    assertThat(Path.of(directory.toString())).doesNotExist();
  }

  @Test
  void belongsToThisProcessWhileItRuns() throws IOException {
    assertThat(isAbandoned()).isFalse();
  }

  @Test
  void isAbandonedWhenTheOwnersIdIsGone() throws IOException {
    Files.writeString(ownerFile, Long.MAX_VALUE + " 0");
    assertThat(isAbandoned()).isTrue();
  }

  @Test
  void isAbandonedWhenTheOwnersIdIsSomebodyElsesNow() throws IOException {
    Files.writeString(ownerFile, ProcessHandle.current().pid() + " 1000000000");
    assertThat(isAbandoned()).isTrue();
  }

  @Test
  void isLeftAloneUntilItsMakerHadTimeToWriteItsName() throws IOException {
    Files.delete(ownerFile);
    assertThat(isAbandoned()).isFalse();

    FileTime old = FileTime.from(Instant.now().minusSeconds(3600));
    Files.setLastModifiedTime(Path.of(directory.toString()), old);
    assertThat(isAbandoned()).isTrue();
  }

  @Test
  void takesNoForeignProcessForItsServer() throws IOException {
    Path pidFile = directory.data().resolve("postmaster.pid");
    Files.writeString(pidFile, ProcessHandle.current().pid() + "\n" + directory.data() + "\n");
    assertThat(directory.server()).isEmpty();
  }

  private boolean isAbandoned() throws IOException {
    return DatabaseDirectory.abandoned().stream()
        .anyMatch(found -> found.toString().equals(directory.toString()));
  }
}
