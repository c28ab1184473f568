// One person's client, as small as the published one: signed requests, a websocket that comes back
// at once whenever it closes, events out of it. It also keeps the person's ledger.
import { canEncrypt, decryptText, encryptText, inviteCode, newSecret, openInvite } from './secrets.js'
import { fromBase64 } from './wallet.js'

const AGAIN_MILLIS = 400
const KEY_TRIES = 10

export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(10)), (b) => b.toString(16).padStart(2, '0')).join('')

/** The ledger's key of an event: a message, a reaction at its time, or a blast. */
export function keyOf(rpc, time) {
  const { message_id: messageId, blast_id: blastId } = rpc.params
  switch (rpc.method) {
    case 'chat.message':
      return `m:${messageId}`
    case 'chat.react':
      return `r:${messageId}:${time}`
    default:
      return `b:${blastId}`
  }
}

function keptName(id) {
  const name = sessionStorage.getItem(`herald-device-${id}`) ?? `${id}-${newId()}`
  sessionStorage.setItem(`herald-device-${id}`, name)
  return name
}

export class ChatClient extends EventTarget {
  arrived = new Set()
  expected = new Set()
  /** Events that came although this device had them already. */
  again = 0
  isAway = false
  isOpen = false
  isGone = false
  #secrets = new Map()
  #socket = null
  #closedAt = 0
  #attempts = 0

  /**
   * @param since microseconds of the server's clock: the ledger begins there
   * @param isSecond whether this is another device of a person who has one here already
   */
  constructor({ id, name, wallet, since, isSecond = false }) {
    super()
    Object.assign(this, { id, name, wallet, since, isSecond })
    /** What the demo's front calls this device; it stays when the page is loaded again. */
    this.client = isSecond ? `${id}-${newId()}` : keptName(id)
  }

  // The connection -----------------------------------------------------------------------------

  connect() {
    this.isAway = false
    // All devices on this page are one browser, which has one cookie: the demo's front keeps a cookie
    // for each of them.
    const path = `/comms/chats/ws?client=${this.client}&device=own&timestamp=${Date.now()}`
    const signature = encodeURIComponent(this.wallet.sign(path))
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(`${scheme}//${location.host}${path}&signature=${signature}`)
    this.#socket = socket
    this.#tell('state', { state: 'connecting' })
    socket.onopen = () => {
      const away = this.#closedAt ? performance.now() - this.#closedAt : 0
      this.#attempts = 0
      this.isOpen = true
      this.#closedAt = 0
      this.#tell('state', { state: 'open', away })
    }
    socket.onmessage = ({ data }) => this.#receive(data)
    socket.onclose = ({ code }) => {
      this.#closedAt ||= performance.now()
      this.isOpen = false
      this.#tell('state', { state: this.isAway ? 'away' : 'closed', code })
      if (!this.isAway && !this.isGone) {
        // The published client comes back at once; so does this one, and then with a little patience.
        setTimeout(() => this.isAway || this.isGone || this.connect(), this.#attempts++ ? AGAIN_MILLIS : 0)
      }
    }
  }

  /** Loses the connection and stays away until it is told to connect. */
  async leave() {
    this.isAway = true
    this.#closedAt = performance.now()
    await control('cut', { client: this.client })
    this.#socket?.close()
  }

  /** Loses the connection and comes back at once. */
  async cut() {
    this.#closedAt = performance.now()
    await control('cut', { client: this.client })
  }

  /** Goes for good. */
  remove() {
    this.isGone = true
    this.#socket?.close()
  }

  async setSlow(slow) {
    await control('slow', { client: this.client, slow })
  }

  async #receive(data) {
    const at = performance.now()
    const { rpc, metadata } = JSON.parse(data)
    if (rpc.method === 'gateway.gap') {
      this.#tell('gap', rpc.params)
      return
    }
    const key = keyOf(rpc, metadata.timestamp)
    if (this.arrived.has(key)) {
      this.again++
      this.#tell('ledger')
      return
    }
    this.arrived.add(key)
    let text = rpc.params.message
    if (rpc.method === 'chat.message' && !rpc.params.is_plaintext) {
      text = await this.#read(rpc.params.chat_id, text)
    }
    this.#tell('event', { key, rpc, metadata, text, at })
    this.#tell('ledger')
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }

  // What is expected, from the database --------------------------------------------------------

  /** Asks the database what was committed for this person. */
  async audit() {
    const response = await fetch(`/demo/ledger?user=${this.id}&since=${this.since}`)
    if (response.ok) {
      this.expected = new Set((await response.json()).expected)
      this.#tell('ledger')
    }
  }

  get missing() {
    return [...this.expected].filter((key) => !this.arrived.has(key)).length
  }

  // Operations ---------------------------------------------------------------------------------

  async send(otherId, text) {
    const chatId = [this.id, otherId].sort().join(':')
    const secret = await this.#secretOrCreate(chatId, otherId)
    const params = { chat_id: chatId, message_id: newId() }
    params.message = secret ? await encryptText(secret, text) : text
    if (!secret) {
      params.is_plaintext = true
    }
    await this.mutate('chat.message', params)
    return params.message_id
  }

  async react(chatId, messageId, reaction) {
    await this.mutate('chat.react', { chat_id: chatId, message_id: messageId, reaction })
  }

  async blast(text) {
    const blastId = newId()
    const params = { blast_id: blastId, audience: 'follower_audience', message: text }
    await this.mutate('chat.blast', params)
    return blastId
  }

  async mutate(method, params) {
    const body = JSON.stringify({ method, params, current_user_id: this.id, timestamp: Date.now() })
    const response = await fetch('/comms/mutate', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'x-sig': this.wallet.sign(body) },
      body
    })
    if (!response.ok) {
      throw new Error((await response.json()).error)
    }
  }

  async get(path, parameters = {}) {
    const query = Object.entries({ ...parameters, timestamp: Date.now() })
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .sort()
      .join('&')
    const url = `${path}?${query}`
    const response = await fetch(url, { headers: { 'x-sig': this.wallet.sign(url) } })
    return response.ok ? (await response.json()).data : null
  }

  /** The person's chats with their latest messages, decrypted, the oldest first. */
  async history(limit) {
    const messages = []
    for (const chat of (await this.get('/comms/chats')) ?? []) {
      const path = `/comms/chats/${chat.chat_id}/messages`
      for (const message of (await this.get(path, { limit })) ?? []) {
        const text = message.is_plaintext
          ? message.message
          : await this.#read(chat.chat_id, message.message)
        messages.push({ ...message, chat_id: chat.chat_id, message: text })
      }
    }
    return messages.sort((a, b) => (a.created_at < b.created_at ? -1 : 1))
  }

  // Secrets ------------------------------------------------------------------------------------

  async #read(chatId, text) {
    try {
      const secret = await this.#secretOf(chatId)
      return secret ? await decryptText(secret, text) : text
    } catch {
      return 'This message can not be read with this key.'
    }
  }

  /** The chat's secret; null where nothing is encrypted, undefined where there is no chat. */
  #secretOf(chatId) {
    if (!this.#secrets.has(chatId)) {
      this.#secrets.set(chatId, this.#findSecret(chatId))
    }
    return this.#secrets.get(chatId)
  }

  async #findSecret(chatId) {
    const chat = await this.get(`/comms/chats/${chatId}`)
    if (!chat) {
      this.#secrets.delete(chatId)
      return undefined
    }
    return chat.invite_code && canEncrypt ? await openInvite(this.wallet, chat.invite_code) : null
  }

  async #secretOrCreate(chatId, otherId) {
    const known = await this.#secretOf(chatId)
    if (known !== undefined) {
      return known
    }
    const secret = canEncrypt ? newSecret() : null
    const invites = []
    for (const id of [this.id, otherId]) {
      const code = secret ? await inviteCode(this.wallet, await publicKeyOf(id), secret) : ''
      invites.push({ user_id: id, invite_code: code })
    }
    await this.mutate('chat.create', { chat_id: chatId, invites })
    return await this.#secretOf(chatId)
  }
}

/** The gateway stores a key a moment after its owner has connected for the first time. */
async function publicKeyOf(id) {
  for (let tries = 0; tries < KEY_TRIES; tries++) {
    const response = await fetch(`/comms/pubkey/${id}`)
    if (response.ok) {
      return fromBase64((await response.json()).data)
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MILLIS))
  }
  throw new Error('the other has never been connected, so there is no key to encrypt for')
}

/** One of the demo's own buttons. */
export async function control(name, body = {}) {
  const response = await fetch(`/demo/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body)
  })
  if (!response.ok) {
    throw new Error((await response.json()).error)
  }
  return await response.json()
}
