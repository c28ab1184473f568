package herald.gateway.faults;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.platform.SqlUpdates;
import herald.demo.platform.Written;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * One writer with a clock of its own: messages, reactions, now and then a blast, and poison among
 * them, in transactions of random length. One thread.
 */
final class Writer {
  private static final int LONGEST_TRANSACTION_MILLIS = 60;
  private static final int LONGEST_TEXT = 3_000;
  private static final int ONE_REACTION_IN = 4;
  private static final int ONE_BLAST_IN = 25;
  private static final int ONE_EARLIER_REACTION_IN = 10;
  private static final int ONE_TAKE_BACK_IN = 4;
  private static final int ONE_POISON_ROW_IN = 40;
  private static final int ONE_SIGNED_POISON_IN = 40;

  private final Platform platform;
  private final Population population;
  private final Recent recent;
  private final Object blasts;
  private final Random random;
  private final PoisonRows poisonRows;
  private final SignedPoison signedPoison;

  /**
   * @param platform with this writer's clock
   * @param blasts held while a blast is committed: no chat's row orders the blasts of an artist
   */
  Writer(Platform platform, Population population, Recent recent, Object blasts, Random random) {
    this.platform = platform;
    this.population = population;
    this.recent = recent;
    this.blasts = blasts;
    this.random = random;
    poisonRows = new PoisonRows(random);
    signedPoison = new SignedPoison(platform, recent, random);
  }

  /** Commits one transaction. */
  void write() throws SQLException, InterruptedException {
    String chat = population.anyChat(random);
    PlatformUser member = population.anyMember(chat, random);
    if (random.nextInt(ONE_BLAST_IN) == 0) {
      blast();
    } else if (random.nextInt(ONE_SIGNED_POISON_IN) == 0) {
      signedPoison(member, chat);
    } else if (random.nextInt(ONE_EARLIER_REACTION_IN) == 0) {
      reactToEarlier(member, chat);
    } else {
      message(member, chat);
    }
  }

  private void blast() throws SQLException {
    String text = "x".repeat(random.nextInt(LONGEST_TEXT));
    synchronized (blasts) {
      recent.blast(
          platform
              .blast(population.anyArtist(random), BlastAudience.of("follower_audience"), text)
              .subjectId());
    }
  }

  private void signedPoison(PlatformUser member, String chat) throws SQLException {
    String othersChat = population.anyChat(random);
    if (signedPoison.apply(member, chat, othersChat, population.anyArtist(random))) {
      recent.poisoned();
    }
  }

  private void message(PlatformUser sender, String chat) throws SQLException, InterruptedException {
    String text = "x".repeat(random.nextInt(LONGEST_TEXT));
    boolean isPoisoned = random.nextInt(ONE_POISON_ROW_IN) == 0;
    boolean isPoisonFirst = random.nextBoolean();
    try (PlatformTransaction transaction = platform.begin()) {
      if (isPoisoned && isPoisonFirst) {
        poisonRows.append(transaction, sender, chat);
      }
      Written message = transaction.message(sender, chat, text);
      if (random.nextInt(ONE_REACTION_IN) == 0) {
        transaction.react(sender, chat, message.subjectId(), recent.nextReaction());
        TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_TRANSACTION_MILLIS));
      }
      if (isPoisoned && !isPoisonFirst) {
        poisonRows.append(transaction, sender, chat);
      }
      transaction.commit();
      recent.message(chat, message.subjectId());
    }
    if (isPoisoned) {
      recent.poisoned();
    }
  }

  /**
   * Puts another reaction in the place of one that may be there, or takes that back. To take back
   * what is not there, or newer, changes nothing, which no row would show.
   */
  private void reactToEarlier(PlatformUser member, String chat) throws SQLException {
    String messageId = recent.messageIn(chat);
    if (messageId == null) {
      return;
    }
    boolean isTakenBack = random.nextInt(ONE_TAKE_BACK_IN) == 0;
    try (PlatformTransaction transaction = platform.begin()) {
      transaction.chats().lock(chat);
      if (!isTakenBack || hasOlderReaction(transaction, member, messageId)) {
        String reaction = isTakenBack ? null : recent.nextReaction();
        transaction.react(member, chat, messageId, reaction);
      }
      transaction.commit();
    }
  }

  private static boolean hasOlderReaction(
      PlatformTransaction transaction, PlatformUser member, String messageId) throws SQLException {
    List<String> found =
        SqlUpdates.texts(
            transaction.connection(),
            "select reaction from chat_message_reactions"
                + " where user_id = ? and message_id = ? and updated_at < ?",
            member.userId(),
            messageId,
            transaction.now());
    return !found.isEmpty();
  }
}
