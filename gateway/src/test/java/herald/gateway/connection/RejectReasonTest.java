package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The close codes of rejections. */
class RejectReasonTest {
  @ParameterizedTest
  @EnumSource(RejectReason.class)
  void codesAreOursAndFollowTheStatus(RejectReason reason) {
    int code = reason.closeCode();
    if (code == 0) {
      return;
    }
    assertThat(code).isBetween(4000, 4999);
    assertThat(2 + reason.sentence().length()).isLessThanOrEqualTo(Frames.MAX_CONTROL_PAYLOAD);
    assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(reason.sentence())).isTrue();
    int status = Integer.parseInt(reason.response().substring(9, 12));
    assertThat(code).isIn(status == 400 ? List.of(4400, 4401, 4403) : List.of(4000 + status));
  }

  @ParameterizedTest
  @ValueSource(strings = {"wire-contract.md", "write-a-client.md", "asyncapi.yaml"})
  void allCodesAreWrittenDown(String page) throws IOException {
    Set<String> codes = new TreeSet<>();
    for (RejectReason reason : RejectReason.values()) {
      if (reason.closeCode() > 0) {
        codes.add(String.valueOf(reason.closeCode()));
      }
    }
    String text = Files.readString(Path.of("../docs").resolve(page));
    Set<String> written =
        Pattern.compile(page.endsWith("md") ? "(?m)^\\| (4\\d{3}) \\|" : "\\b(4[45]\\d\\d) \\(")
            .matcher(text)
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(written).isEqualTo(codes);
  }
}
