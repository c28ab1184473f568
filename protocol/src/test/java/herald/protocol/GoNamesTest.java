package herald.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GoNamesTest {
  @Test
  void halfOfAPairIsReplacedWhereItStandsAlone() {
    assertThat(GoNames.withoutHalfPairs("\"\\ud83c\\udfb5 \\uD83C\\uDFB5\""))
        .isEqualTo("\"\\ud83c\\udfb5 \\uD83C\\uDFB5\"");
    assertThat(GoNames.withoutHalfPairs("\"\\ud83c \\udfb5\\ud83c\\n\\ud83c\\ud83c\\udfb5\""))
        .isEqualTo("\"\\ufffd \\ufffd\\ufffd\\n\\ufffd\\ud83c\\udfb5\"");
    assertThat(GoNames.withoutHalfPairs("\"\\ud83c\\u0041\\ud83c"))
        .isEqualTo("\"\\ufffd\\u0041\\ufffd");
  }

  @Test
  void whatOnlyLooksLikeAnEscapeStays() {
    for (String text :
        new String[] {"", "\\", "\"\\\\ud83c\"", "\\ud83", "\\ud83g", "\\Ud83c", "d83c"}) {
      assertThat(GoNames.withoutHalfPairs(text)).isSameAs(text);
    }
  }
}
