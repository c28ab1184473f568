package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.GoIds;
import herald.protocol.ParsedRpc;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an rpc log means for whom, and has it encoded. What is pushed is what its
 * transaction has stored: chat, text and sender are those of the stored row, and the receivers are
 * the members of that row's chat. The signed text says only what to look for. Membership is that of
 * the moment of reading. Stateless.
 */
final class EventFactory {
  private final FeedSettings settings;

  EventFactory(FeedSettings settings) {
    this.settings = settings;
  }

  /** What is to be done with an rpc log. */
  sealed interface Decision {
    /** Push this event. */
    record Push(Event event, Method method) implements Decision {}

    /** Find the audience of this blast. */
    record Blast(RpcLog log, String blastId, int senderUserId) implements Decision {}

    /** Look for the blasts that came into the chat with its creation. */
    record Create(RpcLog log, String chatId) implements Decision {}

    /** Push nothing. */
    record Nothing(Outcome outcome, Method method) implements Decision {}
  }

  /** What is to be done; of a text that has not been read, only if nobody has sent it. */
  Decision decide(RpcLog log) {
    ParsedRpc rpc = log.rpc();
    if (log.isUnread() && log.walletUsers().isEmpty()) {
      return new Decision.Nothing(Outcome.UNKNOWN_SENDER, Method.UNKNOWN);
    }
    if (rpc == null || rpc.method().isEmpty()) {
      return new Decision.Nothing(Outcome.MALFORMED, Method.UNKNOWN);
    }
    Method method = Method.of(rpc.method());
    OptionalInt sender = sender(log, rpc);
    if (sender.isEmpty() && method != Method.UNKNOWN) {
      return new Decision.Nothing(Outcome.UNKNOWN_SENDER, method);
    }
    return switch (method) {
      case CHAT_MESSAGE -> message(log, sender.getAsInt());
      case CHAT_REACT -> reaction(log, rpc, sender.getAsInt());
      case CHAT_BLAST -> blast(log, rpc.blastId(), sender.getAsInt());
      case CHAT_CREATE -> create(log, rpc.chatId());
      case UNKNOWN ->
          settings.actorEvents() && sender.isPresent()
              ? toActor(log, method, sender.getAsInt())
              : new Decision.Nothing(Outcome.UNKNOWN_METHOD, method);
      default ->
          settings.actorEvents()
              ? toActor(log, method, sender.getAsInt())
              : new Decision.Nothing(Outcome.NOT_FOR_ANYBODY, method);
    };
  }

  /**
   * PostgreSQL can't store a NUL, so that nothing has an id that holds one; an id that is absent is
   * empty.
   */
  private static Decision blast(RpcLog log, @Nullable String named, int sender) {
    String blastId = Objects.requireNonNullElse(named, "");
    return isId(blastId)
        ? new Decision.Blast(log.withoutText(), blastId, sender)
        : new Decision.Nothing(Outcome.UNKNOWN_BLAST, Method.CHAT_BLAST);
  }

  /** Whether something stored may have this id. */
  static boolean isId(String id) {
    return id.indexOf('\0') < 0;
  }

  private static Decision create(RpcLog log, @Nullable String named) {
    String chatId = Objects.requireNonNullElse(named, "");
    return isId(chatId)
        ? new Decision.Create(log, chatId)
        : new Decision.Nothing(Outcome.UNKNOWN_CHAT, Method.CHAT_CREATE);
  }

  /** The user named by the rpc if its wallet has signed, else the wallet's first user. */
  private static OptionalInt sender(RpcLog log, ParsedRpc rpc) {
    if (log.walletUsers().size() == 1) {
      return OptionalInt.of(log.walletUsers().get(0));
    }
    String named = rpc.currentUserId();
    OptionalInt decoded = named == null ? OptionalInt.empty() : GoIds.userId(named);
    if (decoded.isPresent() && log.walletUsers().contains(decoded.getAsInt())) {
      return decoded;
    }
    return log.walletUsers().isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(log.walletUsers().get(0));
  }

  private Decision message(RpcLog log, int sender) {
    StoredMessage message = log.message();
    String text = message == null ? null : message.text();
    if (message == null || text == null || message.senderUserId() != sender) {
      return new Decision.Nothing(Outcome.NOT_STORED, Method.CHAT_MESSAGE);
    }
    EncodedEvent encoded =
        EventEncoder.message(
            log.eventId(),
            message.chatId(),
            message.messageId(),
            text,
            sender,
            log.relayedAtMicros());
    return toMembers(log, encoded, Method.CHAT_MESSAGE, sender, message.visibleMembers());
  }

  private Decision reaction(RpcLog log, ParsedRpc rpc, int sender) {
    StoredMessage message = log.message();
    if (message == null || !message.hasMember(sender)) {
      return new Decision.Nothing(Outcome.NOT_STORED, Method.CHAT_REACT);
    }
    StoredMessage.Reaction stored = message.reactionOf(sender);
    String text = stored == null ? null : stored.text();
    boolean isTakenBack = rpc.reaction() == null;
    if (isTakenBack ? stored != null : text == null) {
      // Older than what is stored, or replaced since by a newer one, which has its own rpc log.
      return new Decision.Nothing(Outcome.NOT_STORED, Method.CHAT_REACT);
    }
    EncodedEvent encoded =
        EventEncoder.reaction(
            log.eventId(),
            message.chatId(),
            message.messageId(),
            text,
            sender,
            log.relayedAtMicros());
    return toMembers(log, encoded, Method.CHAT_REACT, sender, message.visibleMembers());
  }

  private Decision toMembers(
      RpcLog log, EncodedEvent encoded, Method method, int sender, List<Integer> members) {
    int[] receivers = new int[members.size()];
    int count = 0;
    for (int member : members) {
      if ((member != sender || settings.echoToSender()) && !log.isBlocked(sender, member)) {
        receivers[count] = member;
        count++;
      }
    }
    Audience audience = Audience.of(Arrays.copyOf(receivers, count));
    return new Decision.Push(
        new Event(encoded, audience, log.relayedAtMicros(), log.order(false)), method);
  }

  private static Decision toActor(RpcLog log, Method method, int sender) {
    EncodedEvent encoded =
        EventEncoder.rpc(
            log.eventId(),
            Objects.requireNonNullElse(log.rpcJson(), ""),
            sender,
            log.relayedAtMicros());
    return new Decision.Push(
        new Event(encoded, Audience.of(sender), log.relayedAtMicros(), log.order(false)), method);
  }
}
