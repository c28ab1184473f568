package herald.gateway.check;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.check.Finding.Level;
import herald.gateway.check.TriggerCheck.Trigger;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TriggerCheckTest {
  private static final int AFTER_INSERT_ROW = 5;
  private static final String SOURCE =
      "begin perform PG_NOTIFY('rpc_log_inserted', json_build_object( 'sig', NEW.sig)::text);"
          + " return null; end";

  @Test
  void theUsualTriggerIsRecognised() {
    assertThat(judge(trigger(AFTER_INSERT_ROW, "O", false, SOURCE)).level()).isEqualTo(Level.OK);
    assertThat(judge(trigger(AFTER_INSERT_ROW, "A", false, SOURCE)).level()).isEqualTo(Level.OK);
  }

  @Test
  void anyOtherTriggerDoesNotCount() {
    assertThat(judge().sentence()).startsWith("no trigger announces what is inserted into rpc_log");
    assertThat(judge(trigger(AFTER_INSERT_ROW, "O", false, "return null;")).level())
        .isEqualTo(Level.FAIL);
    int afterUpdate = 1 | 16;
    assertThat(judge(trigger(afterUpdate, "O", false, SOURCE)).level()).isEqualTo(Level.FAIL);
  }

  @Test
  void aDisabledTriggerIsNamed() {
    assertThat(judge(trigger(AFTER_INSERT_ROW, "D", false, SOURCE)))
        .isEqualTo(
            Finding.fail(
                "trigger",
                "announce is disabled"
                    + " (expected: enabled; alter table rpc_log enable trigger announce)"));
    assertThat(judge(trigger(AFTER_INSERT_ROW, "R", false, SOURCE)).level()).isEqualTo(Level.FAIL);
  }

  @Test
  void oneActiveTriggerBesideADisabledOneIsEnough() {
    assertThat(
            judge(
                    trigger(AFTER_INSERT_ROW, "D", false, SOURCE),
                    trigger(AFTER_INSERT_ROW, "O", false, SOURCE))
                .level())
        .isEqualTo(Level.OK);
  }

  @Test
  void whatCannotBeToldFromTheSourceIsSaidSo() {
    String generic = "perform pg_notify(tg_table_name || '_inserted', payload);";
    int beforeInsertRow = AFTER_INSERT_ROW | 2;
    int afterInsertStatement = 4;
    String otherPayload = "perform pg_notify('rpc_log_inserted', new.sig);";
    assertThat(
            List.of(
                judge(trigger(AFTER_INSERT_ROW, "O", false, generic)).level(),
                judge(trigger(AFTER_INSERT_ROW, "O", false, otherPayload)).level(),
                judge(trigger(AFTER_INSERT_ROW, "O", true, SOURCE)).level(),
                judge(trigger(beforeInsertRow, "O", false, SOURCE)).level(),
                judge(trigger(afterInsertStatement, "O", false, SOURCE)).level()))
        .containsOnly(Level.WARN);
  }

  private static Trigger trigger(int type, String enabled, boolean isConditional, String source) {
    return new Trigger("announce", type, enabled, isConditional, source);
  }

  private static Finding judge(Trigger... triggers) {
    return TriggerCheck.judge(List.of(triggers));
  }
}
