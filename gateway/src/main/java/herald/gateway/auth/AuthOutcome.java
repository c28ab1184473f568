package herald.gateway.auth;

import herald.gateway.admission.WalletUser;

/** What became of a signature. */
public sealed interface AuthOutcome {

  /** The signature is that of a user's wallet. */
  record Accepted(WalletUser user) implements AuthOutcome {}

  /** Nobody can be let in by this signature, now or ever. */
  record Refused(Reason reason) implements AuthOutcome {}

  /** Why nobody is let in. */
  enum Reason {
    /** No public key can be recovered. */
    BAD_SIGNATURE,
    /** The wallet is that of no active user, or of one who is banned. */
    UNKNOWN_WALLET,
    /** The signed request has been used before, and each may be used once. */
    REUSED,
    /** Too many signatures wait already. */
    OVERLOADED,
    /** The wallet is not known here, and the database does not answer. */
    UNAVAILABLE
  }
}
