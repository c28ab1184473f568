package herald.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Integers of any text, against Go's grammar for them as a regular expression. */
class TimestampFuzzTest {
  private static final Pattern GRAMMAR =
      Pattern.compile(
          "([+-]?)(?:0[xX](_?[0-9a-fA-F](?:_?[0-9a-fA-F])*)|0[bB](_?[01](?:_?[01])*)"
              + "|0[oO]?(_?[0-7](?:_?[0-7])*)|(0|[1-9](?:_?[0-9])*))");
  private static final int[] BASES = {16, 2, 8, 10};

  /** Texts longer than this are no timestamps, whatever Go says. */
  private static final int LONGEST = 128;

  @FuzzTest(maxDuration = "1m")
  void integersAreReadByTheGrammar(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    BigInteger expected = text.length() > LONGEST ? null : model(text);
    try {
      assertThat(GoIntegers.parseBase0(text))
          .isEqualTo(expected == null ? null : expected.longValue());
    } catch (NumberFormatException e) {
      assertThat(expected).isNull();
    }
  }

  private static @Nullable BigInteger model(String text) {
    Matcher matcher = GRAMMAR.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    for (int i = 0; i < BASES.length; i++) {
      String digits = matcher.group(i + 2);
      if (digits != null) {
        String sign = matcher.group(1).equals("-") ? "-" : "";
        BigInteger value = new BigInteger(sign + digits.replace("_", ""), BASES[i]);
        return value.bitLength() < Long.SIZE ? value : null;
      }
    }
    throw new IllegalStateException("a match without a group");
  }
}
