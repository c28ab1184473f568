package herald.demo.api;

import herald.demo.platform.SqlUpdates;
import herald.protocol.GoIntegers;
import herald.protocol.RecoveredWallet;
import herald.protocol.RecoveryProvider;
import herald.protocol.SignatureText;
import herald.protocol.SignedRequest;
import herald.protocol.WalletRecoveries;
import herald.protocol.WalletRecovery;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Finds out who has signed a request, and keeps the public key for others to encrypt with. */
final class Callers {
  private static final long SIGNATURE_LIFE_MILLIS = TimeUnit.HOURS.toMillis(12);
  private static final String ACTIVE =
      " is_current and handle is not null and is_available and not is_deactivated";

  private final WalletRecovery recovery = WalletRecoveries.choose(RecoveryProvider.AUTO);

  /** Who has signed exactly these bytes. */
  RecoveredWallet signerOf(byte[] signed, @Nullable String signatureText) throws RefusedException {
    byte[] signature = signatureText == null ? null : SignatureText.decode(signatureText);
    if (signature == null) {
      throw RefusedException.badRequest("x-sig is not 65 bytes in base64");
    }
    RecoveredWallet wallet = recovery.recover(signed, signature);
    if (wallet == null) {
      throw RefusedException.badRequest("no key can be recovered from the signature");
    }
    return wallet;
  }

  /** The user who has signed a GET: its canonical form, as for the websocket. */
  Caller callerOf(Connection connection, SignedRequest request, @Nullable String signatureHeader)
      throws RefusedException, SQLException {
    checkTimestamp(request.parameter("timestamp"));
    byte[] signed = request.canonical().getBytes(StandardCharsets.UTF_8);
    String signature = signatureHeader == null ? request.parameter("signature") : signatureHeader;
    RecoveredWallet signer = signerOf(signed, signature);
    Caller caller = userOf(connection, signer.wallet(), request.parameter("current_user_id"));
    keepPublicKey(connection, signer);
    return caller;
  }

  private static void checkTimestamp(@Nullable String timestamp) throws RefusedException {
    try {
      long millis = GoIntegers.parseBase0(timestamp == null ? "" : timestamp);
      long now = System.currentTimeMillis();
      if (millis >= now - SIGNATURE_LIFE_MILLIS && millis <= now + SIGNATURE_LIFE_MILLIS) {
        return;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw RefusedException.badRequest("the timestamp is missing or more than 12 hours from now");
  }

  /**
   * The user that a wallet acts for: the one that is named if it has this wallet, else the lowest.
   */
  static Caller userOf(Connection connection, String wallet, @Nullable String named)
      throws RefusedException, SQLException {
    long id = named == null ? -1 : GoText.id(named).orElse(-1);
    List<String> users =
        SqlUpdates.texts(
            connection,
            "select user_id from users where wallet = ? and"
                + ACTIVE
                + " order by user_id = ? desc, user_id limit 1",
            wallet,
            id);
    if (users.isEmpty()) {
      throw RefusedException.badRequest("the signing wallet is no active user's");
    }
    return new Caller(Integer.parseInt(users.get(0)), wallet);
  }

  /** Keeps the public key of the wallet's first user, for others to encrypt with. */
  static void keepPublicKey(Connection connection, RecoveredWallet signer)
      throws RefusedException, SQLException {
    SqlUpdates.update(
        connection,
        "insert into user_pubkeys (user_id, pubkey_base64) values (?, ?)"
            + " on conflict (user_id) do nothing",
        userOf(connection, signer.wallet(), null).userId(),
        Base64.getEncoder().encodeToString(signer.publicKey()));
  }
}
