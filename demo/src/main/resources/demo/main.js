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
const WHO_GOT_AFTER_MILLIS = [300, 1_000, 3_000, 10_000]

const journey = new Journey(document.getElementById('way'))
const clock = new Clock()
const status = document.getElementById('status')
const cards = []
const names = new Map()

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
    const others = () => cards.filter((card) => !card.isArtist)
    for (const millis of WHO_GOT_AFTER_MILLIS) {
      setTimeout(() => {
        const got = others().filter(has)
        const not = others().filter((card) => !has(card))
        show(`got by ${list(got)}; not by ${list(not)}`)
      }, millis)
    }
  }
}

function say(text) {
  status.textContent = text
}

// People -----------------------------------------------------------------------------------------

function addCard({ user_id: id, name, role, key }, since) {
  names.set(id, name)
  const client = new ChatClient({ id, name, wallet: new Wallet(key), since })
  const card = new PersonCard(client, role, HUES[cards.length % HUES.length], stage)
  cards.push(card)
  document.getElementById('people').append(card.element)
  cards.forEach((each) => each.setOthers(cards.filter((other) => other !== each)))
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
  live.addEventListener('pulse', ({ data }) => journey.pulse(JSON.parse(data)))
  live.addEventListener('fault', ({ data }) => {
    const fault = JSON.parse(data)
    if (fault.what === 'listener') {
      say('The listener was killed. The gateway makes a new one and catches up.')
    } else {
      journey.mark('commit', fault.isUp ? null : 'database is down')
      say(fault.isUp
        ? 'The database is back. What was committed before is still there, and the sockets stayed open.'
        : 'The database was killed with SIGKILL. It is started again in two seconds.')
      auditSoon()
    }
  })
  live.addEventListener('open', auditSoonOnOpen)
}

const auditSoonOnOpen = () => auditSoon()

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

onClick('kill-listener', () => control('kill-listener'))
onClick('restart-database', () => control('restart-database'))
onClick('heal', async () => {
  const [writer, reader] = cards
  const name = reader.client.name
  say(`${name}'s connection is cut, and ${name} stays away.`)
  await reader.setAway(true)
  await pause(700)
  say(`${writer.client.name} writes ten messages meanwhile.`)
  for (let i = 1; i <= 10; i++) {
    await writer.send(reader.client.id, `${i} of 10, while ${name} is away`)
  }
  await reader.client.audit()
  say(`${reader.client.missing} are missing at ${name}. Now ${name} comes back.`)
  await pause(2_500)
  await reader.setAway(false)
  const deadline = Date.now() + 10_000
  while (reader.client.missing > 0 && Date.now() < deadline) {
    await pause(50)
  }
  say(reader.client.missing
    ? `${reader.client.missing} are still missing at ${name}.`
    : `${name} is back and has everything: the gateway knew where ${name} had been.`)
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
