package herald.demo.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The programs of each system that the demo runs on are on the class path. */
class PostgresBinariesTest {
  @ParameterizedTest
  @CsvSource({"Linux, amd64", "Linux, arm64v8", "Darwin, amd64", "Darwin, arm64v8"})
  void theProgramsAreThere(String system, String machine) throws IOException {
    try (InputStream archive =
        DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machine)) {
      assertThat(archive.read()).isNotNegative();
    }
  }
}
