package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.fanout.Event;
import herald.gateway.feed.EventFactory.Decision;
import herald.gateway.feed.Explanation.Receiver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Says of one rpc log what the feed would make of it now, and for whom: reads it as the feed does,
 * and asks for the same decision. Nothing is published. One thread.
 */
public final class RowExplainer implements AutoCloseable {
  private static final int MOST_LISTED = 1_000;

  private final RowSource rows;
  private final EventFactory factory;
  private final EventBound bound;
  private final NewChatReader newChats;
  private final BlastReader blasts;

  /**
   * @param primary the database that notifies
   * @param blastTimeoutMillis how long a query for the audience of a blast may take
   */
  public RowExplainer(DataSource primary, FeedSettings settings, int blastTimeoutMillis) {
    // Pooled connections are few and new: there is none to be replaced.
    PrimaryGuard guard = new PrimaryGuard(() -> null, () -> {});
    rows = new RowSource(new ReadAhead(new RpcLogReader(primary, guard)), null, settings);
    factory = new EventFactory(settings);
    bound = new EventBound(settings.maxEventBytes().bytes());
    newChats = new NewChatReader(primary, guard);
    blasts = new BlastReader(primary, guard, blastTimeoutMillis);
  }

  /**
   * Explains a row.
   *
   * @param onlyUser whom to look at; null for everybody
   * @throws SQLException if the database can't be asked
   */
  public Explanation explain(String sig, @Nullable Integer onlyUser)
      throws SQLException, InterruptedException {
    RowSource.Rows read;
    try {
      read = rows.read(Map.of(sig, System.nanoTime()));
    } catch (SQLException | RuntimeException e) {
      return unreadable(e);
    }
    if (read.logs().isEmpty()) {
      return new Explanation(
          label(Method.UNKNOWN),
          label(Outcome.MISSING_ROW),
          sentence(Outcome.MISSING_ROW),
          null,
          List.of(),
          0);
    }
    RpcLog log = read.logs().get(0);
    try {
      return explain(log, factory.decide(log), onlyUser);
    } catch (SQLException | RuntimeException e) {
      return unreadable(e);
    }
  }

  private static Explanation unreadable(Exception failure) throws SQLException {
    if (failure instanceof SQLException sql && DatabaseRetry.isOfConnection(sql)) {
      throw sql;
    }
    return new Explanation(
        label(Method.UNKNOWN),
        label(Outcome.UNREADABLE),
        sentence(Outcome.UNREADABLE) + ": " + DatabaseRetry.describe(failure),
        null,
        List.of(),
        0);
  }

  private Explanation explain(RpcLog log, Decision decision, @Nullable Integer onlyUser)
      throws SQLException {
    if (decision instanceof Decision.Push push) {
      return bound.isOver(push.event().encoded())
          ? nothing(log, push.method(), Outcome.TOO_LARGE)
          : pushedTo(log, push.method(), members(log, push.event()), onlyUser);
    }
    if (decision instanceof Decision.Blast blast) {
      List<Event> events =
          onlyUser == null
              ? blasts.read(log, blast.blastId(), blast.senderUserId())
              : blasts.readForUser(log, blast.blastId(), blast.senderUserId(), onlyUser);
      return events == null || events.isEmpty()
          ? nothing(log, Method.CHAT_BLAST, Outcome.UNKNOWN_BLAST)
          : pushed(log, Method.CHAT_BLAST, events, last(events), onlyUser);
    }
    if (decision instanceof Decision.Create create) {
      List<Event> events = newChats.read(log, create.chatId()).events();
      return events.isEmpty()
          ? nothing(log, Method.CHAT_CREATE, Outcome.NOT_FOR_ANYBODY)
          : pushed(log, Method.CHAT_CREATE, events, null, onlyUser);
    }
    Decision.Nothing nothing = (Decision.Nothing) decision;
    return nothing(log, nothing.method(), nothing.outcome());
  }

  /**
   * @param toAudience the event that is in no chat; null if there is none
   */
  private Explanation pushed(
      RpcLog log,
      Method method,
      List<Event> events,
      @Nullable Event toAudience,
      @Nullable Integer onlyUser) {
    return bound.isAnyOver(events)
        ? nothing(log, method, Outcome.TOO_LARGE)
        : pushedTo(log, method, receivers(events, toAudience), onlyUser);
  }

  private static Explanation nothing(RpcLog log, Method method, Outcome outcome) {
    return new Explanation(
        label(method), label(outcome), sentence(outcome), log.relayedAtMicros(), List.of(), 0);
  }

  private static Explanation pushedTo(
      RpcLog log, Method method, List<Receiver> receivers, @Nullable Integer onlyUser) {
    List<Receiver> shown =
        onlyUser == null
            ? receivers
            : receivers.stream().filter(each -> each.userId() == onlyUser).toList();
    if (onlyUser != null && shown.isEmpty()) {
      shown = List.of(new Receiver(onlyUser, false, notAmongThem(method)));
    }
    return new Explanation(
        label(method),
        label(Outcome.PUSHED),
        sentence(Outcome.PUSHED),
        log.relayedAtMicros(),
        shown.subList(0, Math.min(MOST_LISTED, shown.size())),
        Math.max(0, shown.size() - MOST_LISTED));
  }

  private static String notAmongThem(Method method) {
    return method == Method.CHAT_BLAST
        ? "is not in the audience, or there is a block, or the chat is hidden, or permissions"
            + " allow no chat"
        : "is no member of the chat";
  }

  /** The members of the chat in which the row stands, and the actor. */
  private static List<Receiver> members(RpcLog log, Event event) {
    TreeSet<Integer> users = new TreeSet<>();
    event.audience().stream().forEach(users::add);
    StoredMessage message = log.message();
    if (message != null) {
      users.addAll(message.visibleMembers());
      users.addAll(message.hiddenMembers());
    }
    List<Receiver> receivers = new ArrayList<>();
    for (int user : users) {
      boolean isPushed = event.audience().contains(user);
      receivers.add(new Receiver(user, isPushed, isPushed ? "is concerned" : whyNot(log, user)));
    }
    return receivers;
  }

  private static String whyNot(RpcLog log, int member) {
    StoredMessage message = log.message();
    if (message != null && message.hiddenMembers().contains(member)) {
      return "has hidden the chat";
    }
    return log.walletUsers().stream().anyMatch(user -> log.isBlocked(user, member))
        ? "there is a block between this user and the sender"
        : "is the sender, and --echo-to-sender is off";
  }

  private static @Nullable Event last(List<Event> events) {
    return events.isEmpty() ? null : events.get(events.size() - 1);
  }

  private static List<Receiver> receivers(List<Event> events, @Nullable Event toAudience) {
    List<Receiver> receivers = new ArrayList<>();
    for (Event event : events) {
      String why =
          event == toAudience
              ? "is in the audience, or is the sender"
              : "gets the blast's message in a chat";
      event.audience().stream().forEach(user -> receivers.add(new Receiver(user, true, why)));
    }
    return receivers;
  }

  private static String sentence(Outcome outcome) {
    return switch (outcome) {
      case PUSHED -> "it is pushed to those whom it concerns";
      case NOT_FOR_ANYBODY ->
          "what it does is pushed to nobody; with --actor-events some of it is pushed to the actor";
      case MALFORMED -> "its text is no rpc";
      case NOT_STORED ->
          "what it says is not what is stored: it changed nothing, or what it stored has been"
              + " replaced by a later rpc log";
      case UNKNOWN_METHOD -> "its method is not known to this version";
      case UNKNOWN_SENDER -> "the wallet that signed it is no active user's";
      case UNKNOWN_CHAT -> "it names no chat";
      case UNKNOWN_BLAST ->
          "the blast that it names is not there, or another rpc log has stored it";
      case TOO_LARGE ->
          "its event is larger than --max-event-bytes: those whom it concerns are told of a gap";
      case TOO_MANY_WAITING ->
          "too many blasts are to be pushed before it: those whom it concerns are told of a gap";
      case BAD_NOTIFICATION -> "its notification can't be read";
      case MISSING_ROW -> "there is no row with this signature on the primary";
      case UNREADABLE -> "it can't be read, and is pushed to nobody";
    };
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    rows.close();
  }
}
