package herald.gateway.commands;

/** The values of an option that is switched on or off. */
enum Switch {
  ON,
  OFF
}
