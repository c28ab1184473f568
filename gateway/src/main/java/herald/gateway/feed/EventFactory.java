package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.events.Audience;
import herald.gateway.events.Event;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.HashIds;
import herald.protocol.MalformedRpcException;
import herald.protocol.ParsedRpc;
import herald.protocol.RpcParser;
import java.util.OptionalInt;

/**
 * Decides what an rpc log means for whom, and has it encoded. Membership is that of the moment of
 * reading. Stateless.
 */
final class EventFactory {
  private final FeedSettings settings;

  EventFactory(FeedSettings settings) {
    this.settings = settings;
  }

  /** What is to be done with an rpc log. */
  sealed interface Decision {
    /** Push this event. */
    record Push(Event event, Method method, String chatId) implements Decision {}

    /** Find the audience of this blast. */
    record Blast(RpcLog log, String blastId, int senderUserId) implements Decision {}

    /** Look for the blasts that came into the chat with its creation. */
    record Create(RpcLog log, String chatId) implements Decision {}

    /** Push nothing. */
    record Nothing(Outcome outcome, Method method) implements Decision {}
  }

  Decision decide(RpcLog log) {
    ParsedRpc rpc;
    try {
      rpc = RpcParser.parse(log.rpcJson());
    } catch (MalformedRpcException e) {
      return new Decision.Nothing(Outcome.MALFORMED, Method.UNKNOWN);
    }
    Method method = Method.of(rpc.method());
    OptionalInt sender = sender(log, rpc);
    if (sender.isEmpty() && method != Method.UNKNOWN) {
      return new Decision.Nothing(Outcome.UNKNOWN_SENDER, method);
    }
    return switch (method) {
      case CHAT_MESSAGE, CHAT_REACT -> toMembers(log, rpc, method, sender.getAsInt());
      case CHAT_BLAST ->
          rpc.blastId() == null
              ? new Decision.Nothing(Outcome.UNKNOWN_BLAST, method)
              : new Decision.Blast(log, rpc.blastId(), sender.getAsInt());
      case CHAT_CREATE ->
          rpc.chatId() == null
              ? new Decision.Nothing(Outcome.UNKNOWN_CHAT, method)
              : new Decision.Create(log, rpc.chatId());
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

  /** The user named by the rpc if its wallet has signed, else the wallet's first user. */
  private static OptionalInt sender(RpcLog log, ParsedRpc rpc) {
    if (log.walletUsers().size() == 1) {
      return OptionalInt.of(log.walletUsers().get(0));
    }
    String named = rpc.currentUserId();
    OptionalInt decoded = named == null ? OptionalInt.empty() : HashIds.decode(named);
    if (decoded.isPresent() && log.walletUsers().contains(decoded.getAsInt())) {
      return decoded;
    }
    return log.walletUsers().isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(log.walletUsers().get(0));
  }

  private Decision toMembers(RpcLog log, ParsedRpc rpc, Method method, int sender) {
    String chatId = rpc.chatId();
    if (chatId == null || log.members().isEmpty()) {
      return new Decision.Nothing(Outcome.UNKNOWN_CHAT, method);
    }
    int[] receivers =
        log.members().stream()
            .mapToInt(Integer::intValue)
            .filter(member -> member != sender || settings.echoToSender())
            .filter(member -> !log.isBlocked(sender, member))
            .toArray();
    return new Decision.Push(event(log, sender, Audience.of(receivers)), method, chatId);
  }

  private static Decision toActor(RpcLog log, Method method, int sender) {
    return new Decision.Push(event(log, sender, Audience.of(sender)), method, "");
  }

  private static Event event(RpcLog log, int sender, Audience audience) {
    EncodedEvent encoded = EventEncoder.rpc(log.rpcJson(), sender, log.relayedAtMicros());
    return new Event(encoded, audience, log.relayedAtMicros(), log.committedAtNanos());
  }
}
