package herald.protocol;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A signature as it stands in a URL or a header: standard base64 of 65 bytes. */
public final class SignatureText {
  /** The bytes of a signature: r (32), s (32), recovery id (1). */
  public static final int SIGNATURE_BYTES = 65;

  private static final int TEXT_LENGTH = 88;

  private SignatureText() {}

  /** The 65 bytes, or null if the text is anything else. */
  public static byte @Nullable [] decode(String text) {
    if (text.length() != TEXT_LENGTH) {
      return null;
    }
    try {
      byte[] signature = Base64.getDecoder().decode(text);
      return signature.length == SIGNATURE_BYTES ? signature : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
