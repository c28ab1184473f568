package herald.gateway.check;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Whether a trigger announces each row of {@code rpc_log}. The database is somebody else's, so no
 * row is inserted to find out: the trigger's definition and its function's source are read
 * (PostgreSQL manual, catalogs pg_trigger and pg_proc).
 */
final class TriggerCheck {
  private static final String SUBJECT = "trigger";
  private static final String EXPECTED =
      " (expected: after insert on rpc_log, pg_notify('rpc_log_inserted',"
          + " json_build_object('sig', new.sig)::text); 'herald schema --trigger-only' prints it)";

  private static final String TRIGGERS =
      "select t.tgname, t.tgtype::int, t.tgenabled::text, t.tgqual is not null, p.prosrc"
          + " from pg_trigger t join pg_proc p on p.oid = t.tgfoid"
          + " where t.tgrelid = to_regclass('rpc_log') and not t.tgisinternal order by t.tgname";

  /** Bits of pg_trigger.tgtype, from the server's catalog/pg_trigger.h. */
  private static final int FOR_EACH_ROW = 1;

  private static final int BEFORE_OR_INSTEAD = 2 | 64;
  private static final int ON_INSERT = 4;

  private static final Pattern PAYLOAD =
      Pattern.compile("json_build_object\\s*\\(\\s*'sig'\\s*,\\s*new\\.sig\\s*\\)");

  /**
   * A trigger as the catalog has it.
   *
   * @param type the bits of tgtype
   * @param enabled O and A fire in ordinary sessions, D and R do not
   * @param isConditional whether it has a WHEN clause
   * @param source the body of its function
   */
  record Trigger(String name, int type, String enabled, boolean isConditional, String source) {

    private boolean notifiesOnInsert() {
      String lower = source.toLowerCase(Locale.ROOT);
      return (type & ON_INSERT) != 0
          && lower.contains("pg_notify")
          && (lower.contains("rpc_log_inserted") || lower.contains("tg_table_name"));
    }

    private boolean isDisabled() {
      return enabled.equals("D") || enabled.equals("R");
    }

    private boolean isPlain() {
      return (type & FOR_EACH_ROW) != 0
          && (type & BEFORE_OR_INSTEAD) == 0
          && !isConditional
          && source.contains("'rpc_log_inserted'")
          && PAYLOAD.matcher(source.toLowerCase(Locale.ROOT)).find();
    }
  }

  void run(Connection connection, Consumer<Finding> findings) throws SQLException {
    List<Trigger> triggers =
        Rows.all(
            connection,
            row ->
                new Trigger(
                    row.getString(1),
                    row.getInt(2),
                    row.getString(3),
                    row.getBoolean(4),
                    row.getString(5)),
            TRIGGERS);
    findings.accept(judge(triggers));
  }

  static Finding judge(List<Trigger> triggers) {
    List<Trigger> notifying = triggers.stream().filter(Trigger::notifiesOnInsert).toList();
    List<Trigger> active = notifying.stream().filter(trigger -> !trigger.isDisabled()).toList();
    if (notifying.isEmpty()) {
      return Finding.fail(SUBJECT, "no trigger announces what is inserted into rpc_log" + EXPECTED);
    }
    if (active.isEmpty()) {
      String name = notifying.get(0).name();
      return Finding.fail(
          SUBJECT,
          name
              + " is disabled (expected: enabled; alter table rpc_log enable trigger "
              + name
              + ")");
    }
    return active.stream()
        .filter(Trigger::isPlain)
        .findFirst()
        .map(trigger -> Finding.ok(SUBJECT, trigger.name() + " announces each row of rpc_log"))
        .orElseGet(
            () ->
                Finding.warn(
                    SUBJECT,
                    active.get(0).name()
                        + " notifies, but channel, payload and condition can't be told from its"
                        + " source"
                        + EXPECTED));
  }
}
