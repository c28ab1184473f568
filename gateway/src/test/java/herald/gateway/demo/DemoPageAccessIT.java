package herald.gateway.demo;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.scene.Demo;
import herald.gateway.testing.Axe;
import herald.gateway.testing.Browser;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;

/**
 * Nothing on the demo's page bars people from it, in light and dark, on a screen and a phone. An
 * examination takes seconds: the state that shows the most is examined in each look, the others in
 * two that have both schemes and both widths.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
final class DemoPageAccessIT {
  private static final int WIDE = 1300;
  private static final int NARROW = 390;
  private static final int HEIGHT = 1100;
  private static final Look LIGHT_PHONE = new Look("light", NARROW);
  private static final Look LIGHT_SCREEN = new Look("light", WIDE);
  private static final Look DARK_PHONE = new Look("dark", NARROW);
  private static final Look DARK_SCREEN = new Look("dark", WIDE);

  private record Look(String scheme, int width) {}

  @Test
  void axeFindsNothingInAnyState() throws Exception {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Browser browser = Browser.open();
        Demo demo = new Demo(new PrintWriter(Writer.nullWriter()), anyPort, anyPort)) {
      demo.play();
      browser.resize(WIDE, HEIGHT);
      browser.go("http://127.0.0.1:" + demo.port() + "/");
      browser.await("the page is ready", "document.documentElement.dataset.ready");
      browser.await(
          "all are connected",
          "[...document.querySelectorAll('.state')].every(s => s.dataset.state === 'open')");
      nothingIsFound(browser, "at the start", LIGHT_PHONE, DARK_SCREEN);

      send(browser, "Ada", "All followers (a blast)", "The song is out");
      send(browser, "Ada", "Ben", "Is the stage free?");
      awaitIn(browser, "Ben", "Is the stage free?");
      browser
          .find("[data-person='Ben'] .log .theirs:last-of-type [aria-label='React with fire']")
          .click();
      awaitIn(browser, "Ada", "Ben reacts");
      nothingIsFound(browser, "after a blast, a message and a reaction", LIGHT_SCREEN, DARK_PHONE);

      browser.find("[data-person='Ben'] .second").click();
      browser.find("[data-person='Cleo'] .slow").click();
      browser.find("[data-person='Ben'] .away").click();
      send(browser, "Ada", "Ben", "while Ben is away");
      browser.await("it is missing", "document.querySelector('.ledger.missing')");
      browser.find("button[data-instance='2']").click();
      browser.await(
          "it is killed",
          "document.querySelector('[data-lane=\"1\"] .lane-state').textContent === 'killed'");
      nothingIsFound(
          browser,
          "while something is missing and an instance is killed",
          LIGHT_PHONE,
          LIGHT_SCREEN,
          DARK_PHONE,
          DARK_SCREEN);

      browser.find("button[data-instance='2']").click();
      browser.find("[data-person='Ben'] .away").click();
      awaitIn(browser, "Ben", "while Ben is away");
      browser.find("#heal").click();
      browser.await(
          "it is healed",
          "document.getElementById('status').textContent.includes('has everything')");
      nothingIsFound(browser, "after a heal", LIGHT_PHONE, DARK_SCREEN);
    }
  }

  private static void nothingIsFound(Browser browser, String state, Look... looks)
      throws Exception {
    Axe axe = new Axe(browser);
    for (Look look : looks) {
      browser.setColorScheme(look.scheme());
      browser.resize(look.width(), HEIGHT);
      String place = state + ", " + look;
      assertThat(axe.violations()).as(place).isEmpty();
      assertThat(axe.faintTextsOfDrawings()).as(place).isEmpty();
    }
  }

  private static void send(Browser browser, String from, String to, String text) {
    browser.run(
        "const to = document.querySelector(`[data-person='${arguments[0]}'] .to`);"
            + "to.value = [...to.options].find(o => o.text === arguments[1]).value",
        from,
        to);
    browser.find("[data-person='" + from + "'] .text").sendKeys(text + Keys.ENTER);
  }

  private static void awaitIn(Browser browser, String person, String text)
      throws InterruptedException {
    browser.await(
        person + " sees '" + text + "'",
        "document.querySelector(`[data-person='${arguments[0]}'] .log`).textContent"
            + ".includes(arguments[1])",
        person,
        text);
  }
}
