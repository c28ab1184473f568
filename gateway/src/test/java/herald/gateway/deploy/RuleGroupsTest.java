package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The order in which promtool evaluates the groups of rules. It evaluates those that {@code
 * group_eval_order} does not name in an order that differs from run to run, so an alert would find
 * what another group records in some runs only.
 */
final class RuleGroupsTest {
  @ParameterizedTest
  @ValueSource(strings = {"herald.rules.test.yml", "herald.rules.days.test.yml"})
  void testsEvaluateEachGroupAndThoseThatRecordFirst(String tests) throws IOException {
    List<Object> recording = new ArrayList<>();
    List<Object> raising = new ArrayList<>();
    for (Object group : (List<?>) DeployFiles.at(only("herald.rules.yml"), "groups")) {
      List<?> rules = (List<?>) DeployFiles.at(group, "rules");
      long records = rules.stream().filter(RuleGroupsTest::records).count();
      Object name = DeployFiles.at(group, "name");
      assertThat(records).as("what %s records", name).isIn(0L, (long) rules.size());
      (records > 0 ? recording : raising).add(name);
    }
    assertThat(recording).isNotEmpty();
    List<?> order = (List<?>) DeployFiles.at(only(tests), "group_eval_order");
    assertThat(order).hasSize(recording.size() + raising.size());
    assertThat(List.<Object>copyOf(order.subList(0, recording.size())))
        .containsExactlyInAnyOrderElementsOf(recording);
    assertThat(List.<Object>copyOf(order.subList(recording.size(), order.size())))
        .containsExactlyInAnyOrderElementsOf(raising);
  }

  private static boolean records(Object rule) {
    return ((Map<?, ?>) rule).containsKey("record");
  }

  private static Object only(String file) throws IOException {
    return DeployFiles.yaml(DeployFiles.path("prometheus/" + file)).get(0);
  }
}
