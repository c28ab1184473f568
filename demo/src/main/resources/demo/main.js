// Puts the page together: the people, the picture, the buttons, and the stream of what the demo
// tells (commits, counters, faults).
import { ChatClient, control } from './client.js'
import { Clock } from './clock.js'
import { Journey } from './journey.js'
import { PersonCard } from './person.js'
import { canEncrypt } from './secrets.js'
import { Wallet } from './wallet.js'

const HUES = [255, 165, 20, 320, 200, 95]
const AUDIT_AFTER_MILLIS = 250
const AUDIT_AGAIN_MILLIS = 1_500
const KEPT = 'herald-people'
const HISTORY = 6
const HEAL_MILLIS = 30_000
const WHO_GOT_AFTER_MILLIS = [300, 1_000, 3_000, 10_000]

const journey = new Journey(document.getElementById('way'))
const clock = new Clock()
const status = document.getElementById('status')
const cards = []
const names = new Map()
/** What the demo told last: the instances with who is connected to which, and what each counts. */
let fleet = { instances: [], clients: {} }
let pulse = []

/** What a card may ask for. */
const stage = {
  nameOf: (id) => names.get(id) ?? id,
  arrived(key, at, onScreenAt, show) {
    journey.light('screen')
    clock.whenCommitted(key, (committedAt) => {
      const since = (now) => Math.max(0, clock.toServer(now) - committedAt).toFixed(1)
      show(`${since(at)} ms after the commit, on screen ${since(onScreenAt)} ms`)
    })
  },
  /** Says who has got a blast and who has not, now and a little later. */
  whoGot(blastId, show) {
    const has = ({ client }) =>
      [...client.arrived].some((key) => key === `b:${blastId}` || key.startsWith(`m:${blastId}`))
    const list = (some) => some.map(({ client }) => client.name).join(', ') || 'nobody'
    const others = () => cards.filter((card) => !card.isArtist && !card.client.isSecond)
    for (const millis of WHO_GOT_AFTER_MILLIS) {
      setTimeout(() => {
        const got = others().filter(has)
        const not = others().filter((card) => !has(card))
        show(`got by ${list(got)}; not by ${list(not)}`)
      }, millis)
    }
  },
  async move({ client }) {
    await control('instances/move', { client })
  },
  /** Gives a person a second device, or takes it away. */
  setSecondDevice(card, isOn) {
    const { id, name } = card.client
    if (isOn) {
      const person = { user_id: id, name, role: '', key: card.client.wallet.keyHex }
      const second = addCard(person, clock.nowMicros(), card)
      second.tell('a device that nobody has seen before')
      say(`${name} has a second device. Let one of the two leave, and write to ${name}: each gets what it has not had.`)
    } else {
      const second = cards.find((each) => each.client.isSecond && each.client.id === id)
      cards.splice(cards.indexOf(second), 1)
      second.client.remove()
      second.element.remove()
      say(`${name}\u2019s second device is gone.`)
    }
  }
}

function say(text) {
  status.textContent = text
}

// People -----------------------------------------------------------------------------------------

function addCard({ user_id: id, name, role, key }, since, first = null) {
  names.set(id, name)
  const client = new ChatClient({ id, name, wallet: new Wallet(key), since, isSecond: Boolean(first) })
  const hue = first ? first.hue : HUES[cards.filter((card) => !card.client.isSecond).length % HUES.length]
  const card = new PersonCard(client, role, hue, stage)
  cards.push(card)
  if (first) {
    first.element.after(card.element)
  } else {
    document.getElementById('people').append(card.element)
  }
  const people = cards.filter((each) => !each.client.isSecond)
  cards.forEach((each) => each.setOthers(people.filter((other) => other.client.id !== each.client.id)))
  client.connect()
  return card
}

const keptKeys = () => JSON.parse(sessionStorage.getItem(KEPT) ?? '{}')

async function addPerson(name, follows) {
  const wallet = new Wallet()
  const body = { name, wallet: wallet.address, follows_artist: follows }
  const person = await control('people', body)
  sessionStorage.setItem(KEPT, JSON.stringify({ ...keptKeys(), [wallet.address]: wallet.keyHex }))
  const card = addCard({ ...person, key: wallet.keyHex }, clock.nowMicros())
  card.tell('a new wallet, made in this browser')
  return card
}

document.getElementById('add').addEventListener('submit', async (event) => {
  event.preventDefault()
  const form = event.target
  try {
    await addPerson(form.elements.name.value.trim(), form.elements.follows.checked)
    say(`${form.elements.name.value} has joined with a key made in this browser.`)
    form.reset()
  } catch (failure) {
    say(`Not added: ${failure.message}`)
  }
})

// The ledger -------------------------------------------------------------------------------------

let auditTimer = null

function auditSoon(millis = AUDIT_AFTER_MILLIS) {
  auditTimer ??= setTimeout(async () => {
    auditTimer = null
    await Promise.all(cards.map(({ client }) => client.audit().catch(() => {})))
    if (cards.some(({ client }) => client.missing > 0)) {
      auditSoon(AUDIT_AGAIN_MILLIS)
    }
  }, millis)
}

// What the demo tells ----------------------------------------------------------------------------

function listen() {
  const live = new EventSource('/demo/live')
  live.addEventListener('commit', ({ data }) => {
    clock.committed(JSON.parse(data))
    journey.light('commit')
    auditSoon()
  })
  live.addEventListener('pulse', ({ data }) => {
    pulse = JSON.parse(data).instances
    journey.pulse(pulse)
  })
  live.addEventListener('instances', ({ data }) => showFleet(JSON.parse(data)))
  live.addEventListener('fault', ({ data }) => {
    const fault = JSON.parse(data)
    if (fault.what === 'database') {
      journey.mark('commit', fault.isUp ? null : 'database is down')
      say(fault.isUp
        ? 'The database is back. What was committed before is still there, and the sockets stayed open.'
        : 'The database was killed with SIGKILL. It is started again in two seconds.')
      auditSoon()
    }
  })
  live.addEventListener('open', async () => {
    auditSoon()
    showFleet(await (await fetch('/demo/instances')).json())
  })
}

const stateOf = (number) => fleet.instances.find((each) => each.number === number)?.state
const listOf = (some) => some.map(({ label }) => label).join(', ')

function showFleet(told) {
  fleet = told
  journey.instances(fleet.instances)
  cards.forEach((card) => card.setInstance(fleet.clients[card.client.client] ?? null))
  for (const button of document.querySelectorAll('button.instance')) {
    const number = Number(button.dataset.instance)
    const state = stateOf(number)
    const isOtherReady = fleet.instances.some((each) => each.number !== number && each.state === 'ready')
    button.textContent = state === 'killed' ? `Bring instance ${number} back` : `Kill instance ${number}`
    button.disabled = state !== 'killed' && !(state === 'ready' && isOtherReady)
    button.title = button.disabled ? 'One instance has to be ready' : ''
  }
}

// Buttons ----------------------------------------------------------------------------------------

function onClick(id, action) {
  const button = document.getElementById(id)
  button.addEventListener('click', async () => {
    button.disabled = true
    try {
      await action()
    } catch (failure) {
      say(failure.message)
    }
    button.disabled = false
  })
}

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis))

/** Waits until something is healed; false if it takes too long. */
async function until(holds) {
  const deadline = Date.now() + HEAL_MILLIS
  while (!holds()) {
    if (Date.now() > deadline) {
      return false
    }
    await pause(50)
  }
  return true
}

async function auditAll(some) {
  await Promise.all(some.map(({ client }) => client.audit()))
}

const missing = (some) => some.reduce((sum, { client }) => sum + client.missing, 0)
const cameAgain = (some) => some.reduce((sum, { client }) => sum + client.again, 0)
const times = (count) => (count === 1 ? 'One event' : count ? `${count} events` : 'Nothing')

onClick('kill-listener', async () => {
  const before = pulse.map(({ losses }) => losses)
  const caughtUp = () => pulse.reduce((sum, counts) => sum + counts.caughtUp, 0)
  const caughtUpBefore = caughtUp()
  const began = Date.now()
  await control('kill-listener')
  say('The connections on which the instances listen were ended by the database.')
  const ready = () => pulse.filter((counts, lane) => stateOf(lane + 1) === 'ready')
  const isHealed = await until(() =>
    ready().every((counts) => counts.ready === 1) && pulse.some((counts, lane) => counts.losses > before[lane])
  )
  say(isHealed
    ? `Healed after ${((Date.now() - began) / 1000).toFixed(1)} s: the instances listen on new connections and have ` +
      `caught up (${caughtUp() - caughtUpBefore} events were read again to be sure). The sockets stayed open.`
    : 'The listeners are not back yet.')
})

onClick('restart-database', async () => {
  await control('restart-database')
  const ready = () => pulse.filter((counts, lane) => stateOf(lane + 1) === 'ready')
  if (await until(() => ready().every((counts) => counts.ready === 1))) {
    say('The database is back, and the instances listen again. What was committed before is still there, and the sockets stayed open.')
  }
})

for (const button of document.querySelectorAll('button.instance')) {
  button.addEventListener('click', async () => {
    const number = Number(button.dataset.instance)
    button.disabled = true
    try {
      await (stateOf(number) === 'killed' ? bringBack(number) : kill(number))
    } catch (failure) {
      say(failure.message)
    }
    showFleet(fleet)
  })
}

async function kill(number) {
  const there = cards.filter((card) => card.instance === number && card.client.isOpen)
  const againBefore = cameAgain(there)
  await control('instances/kill', { instance: String(number) })
  const who = listOf(there) || 'Nobody on this page'
  say(`Instance ${number} was killed with SIGKILL, and what it knew is gone. ${who} had to come back through the balancer.`)
  const isHealed = await until(() =>
    there.every((card) => card.client.isAway || (card.client.isOpen && card.instance !== number))
  )
  await auditAll(there)
  await until(() => missing(there) === 0)
  if (isHealed && there.length > 0) {
    const other = there[0].instance
    say(`Instance ${number} was killed. ${who} came back to instance ${other}, which knew how far they had got: ` +
      `${missing(there) || 'nothing'} missing. ${times(cameAgain(there) - againBefore)} came again.`)
  }
}

async function bringBack(number) {
  await control('instances/bring-back', { instance: String(number) })
  say(`Instance ${number} starts, and asks the other one how far everybody has got.`)
  say(await until(() => stateOf(number) === 'ready')
    ? `Instance ${number} is back and knows what the other one knows. New connections may go there; Move sends somebody.`
    : `Instance ${number} is not back yet.`)
}

onClick('heal', async () => {
  const [writer, reader] = cards.filter((card) => !card.client.isSecond)
  const name = reader.client.name
  const againBefore = reader.client.again
  say(`${name}'s connection is cut, and ${name} stays away.`)
  await reader.setAway(true)
  await pause(700)
  say(`${writer.client.name} writes ten messages meanwhile.`)
  for (let i = 1; i <= 10; i++) {
    await writer.send(reader.client.id, `${i} of 10, while ${name} is away`)
  }
  await reader.client.audit()
  const from = reader.instance
  if (fleet.instances.every(({ state }) => state === 'ready')) {
    await reader.move()
  }
  say(`${reader.client.missing} are missing at ${name}. Now ${name} comes back.`)
  await pause(2_500)
  await reader.setAway(false)
  await until(() => reader.client.isOpen && reader.client.missing === 0)
  await until(() => fleet.clients[reader.client.client])
  const where = reader.instance === from ? '' : `, on instance ${reader.instance},`
  say(reader.client.missing
    ? `${reader.client.missing} are still missing at ${name}.`
    : `${name} is back${where} and has everything: ${reader.instance === from
      ? `the gateway knew where ${name} had been`
      : `instance ${from} had told how far ${name} had got`}. ` +
      `${times(reader.client.again - againBefore)} came again.`)
})

// Start ------------------------------------------------------------------------------------------

async function start() {
  document.getElementById('encryption').textContent = canEncrypt
    ? 'New chats are encrypted from end to end; the gateway and the demo see ciphertext.'
    : 'This browser offers encryption only on this machine or over TLS, so new chats are in the clear.'
  await clock.set()
  const { people } = await (await fetch('/demo/people')).json()
  people.forEach(({ user_id: id, name }) => names.set(id, name))
  const keys = keptKeys()
  const since = clock.nowMicros()
  listen()
  for (const person of people) {
    const key = person.key ?? keys[person.wallet]
    if (key) {
      const card = addCard({ ...person, key }, since)
      card.showHistory((await card.client.history(HISTORY)).slice(-HISTORY))
    }
  }
  document.documentElement.dataset.ready = 'yes'
}

start().catch((failure) => say(`The page could not start: ${failure.message}`))
