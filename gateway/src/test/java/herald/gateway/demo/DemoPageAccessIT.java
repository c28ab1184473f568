package herald.gateway.demo;

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

/** Nothing on the demo's page bars people from it, in light and dark, on a screen and a phone. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
final class DemoPageAccessIT {
  private static final int WIDE = 1300;
  private static final int NARROW = 390;
  private static final int HEIGHT = 1100;

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
      nothingIsFound(browser, "at the start");

      send(browser, "Ada", "All followers (a blast)", "The song is out");
      send(browser, "Ada", "Ben", "Is the stage free?");
      awaitIn(browser, "Ben", "Is the stage free?");
      browser
          .find("[data-person='Ben'] .log .theirs:last-of-type [aria-label='React with fire']")
          .click();
      awaitIn(browser, "Ada", "Ben reacts");
      nothingIsFound(browser, "after a blast, a message and a reaction");

      browser.find("[data-person='Ben'] .second").click();
      browser.find("[data-person='Cleo'] .slow").click();
      browser.find("[data-person='Ben'] .away").click();
      send(browser, "Ada", "Ben", "while Ben is away");
      browser.await("it is missing", "document.querySelector('.ledger.missing')");
      browser.find("button[data-instance='2']").click();
      browser.await(
          "it is killed",
          "document.querySelector('[data-lane=\"1\"] .lane-state').textContent === 'killed'");
      nothingIsFound(browser, "while something is missing and an instance is killed");

      browser.find("button[data-instance='2']").click();
      browser.find("[data-person='Ben'] .away").click();
      awaitIn(browser, "Ben", "while Ben is away");
      browser.find("#heal").click();
      browser.await(
          "it is healed",
          "document.getElementById('status').textContent.includes('has everything')");
      nothingIsFound(browser, "after a heal");
    }
  }

  private static void nothingIsFound(Browser browser, String state) throws Exception {
    new Axe(browser).findsNothing(state, HEIGHT, NARROW, WIDE);
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
