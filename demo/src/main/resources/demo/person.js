// One person's card: what has arrived, what is missing, and what the person can do.

import { sign } from './icons.js'

const REACTIONS = ['heart', 'fire', 'party']
const MANY = 20
const MAX_LINES = 200

export class PersonCard {
  #client
  #stage
  #log
  #shown = new Map()
  #state = { state: 'connecting' }
  #instance = null
  #isSlow = false

  /** @param stage knows the others, the clock and the commits; see main.js */
  constructor(client, role, hue, stage) {
    this.#client = client
    this.#stage = stage
    this.client = client
    this.isArtist = role === 'the artist' && !client.isSecond
    const card = document.getElementById('person').content.firstElementChild.cloneNode(true)
    this.element = card
    this.hue = hue
    card.style.setProperty('--hue', hue)
    /** What a device is called, where a person may have two. */
    this.label = client.isSecond ? `${client.name}\u2019s second device` : client.name
    card.dataset.person = client.isSecond ? `${client.name} 2` : client.name
    card.setAttribute('aria-label', this.label)
    this.#find('.avatar').textContent = client.name[0].toUpperCase()
    this.#find('h3').textContent = client.name
    this.#find('.role').textContent = client.isSecond
      ? 'second device, with its own cookie'
      : `${role} \u00b7 ${client.id}`
    this.#log = this.#find('.log')
    this.#log.setAttribute('aria-label', `What ${this.label} shows`)
    this.#stickToEnd()
    this.#wire()
  }

  #find(selector) {
    return this.element.querySelector(selector)
  }

  #wire() {
    const name = this.label
    const to = this.#find('.to')
    to.id = `to-${this.#client.client}`
    this.#find('.to-label').htmlFor = to.id
    this.#find('.text').id = `text-${this.#client.client}`
    this.#find('.text-label').htmlFor = this.#find('.text').id
    this.#find('.text-label').textContent = `What ${this.#client.name} writes`
    this.#find('.cut').setAttribute('aria-label', `Cut the connection of ${name}`)
    this.#find('.away').setAttribute('aria-label', `Leave: ${name} is cut off and stays away`)
    this.#find('.slow').setAttribute('aria-label', `Make ${name} slow`)
    this.#find('.many').setAttribute('aria-label', `Send 20 at once from ${name}`)
    this.#find('.move').setAttribute('aria-label', `Move ${name} to the other instance`)
    const second = this.#find('.second')
    if (this.#client.isSecond) {
      second.remove()
    } else {
      second.setAttribute('aria-label', `A second device of ${name}`)
      second.addEventListener('click', () => {
        const isOn = second.getAttribute('aria-pressed') !== 'true'
        second.setAttribute('aria-pressed', isOn)
        this.#stage.setSecondDevice(this, isOn)
      })
    }
    this.#find('.write').addEventListener('submit', (event) => {
      event.preventDefault()
      this.#submit()
    })
    this.#find('.many').addEventListener('click', () => this.sendMany(MANY))
    this.#find('.cut').addEventListener('click', () => this.#client.cut())
    this.#find('.away').addEventListener('click', () => this.setAway(!this.#client.isAway))
    this.#find('.move').addEventListener('click', () => this.move())
    this.#find('.slow').addEventListener('click', ({ target }) => {
      this.#isSlow = target.getAttribute('aria-pressed') !== 'true'
      target.setAttribute('aria-pressed', this.#isSlow)
      this.#client.setSlow(this.#isSlow)
      this.tell(this.#isSlow ? 'reads slowly now: send 20 at once to see it' : 'reads as fast as it can again')
      this.#showConnection()
      this.#showLedger()
    })
    this.#client.addEventListener('state', ({ detail }) => this.#showState(detail))
    this.#client.addEventListener('ledger', () => this.#showLedger())
    this.#client.addEventListener('event', ({ detail }) => this.#showEvent(detail))
    this.#client.addEventListener('gap', ({ detail }) =>
      this.tell(`the gateway says: something may be missing from ${detail.from} to ${detail.to}`, 'bad')
    )
  }

  /** Fills the list of receivers: everybody else, and for the artist all followers. */
  setOthers(others) {
    const to = this.#find('.to')
    const chosen = to.value
    const options = others.map(({ client }) => new Option(client.name, client.id))
    if (this.isArtist) {
      options.push(new Option('All followers (a blast)', 'blast'))
    }
    to.replaceChildren(...options)
    if (options.some((option) => option.value === chosen)) {
      to.value = chosen
    }
  }

  // Doing --------------------------------------------------------------------------------------

  async #submit() {
    const input = this.#find('.text')
    const text = input.value
    input.value = ''
    await this.send(this.#find('.to').value, text)
  }

  /** Sends to a person's id, or to all followers with 'blast'. */
  async send(to, text) {
    try {
      if (to === 'blast') {
        const blastId = await this.#client.blast(text)
        const line = this.#line('mine', { text, tag: 'blast', meta: 'to all followers' })
        this.#shown.set(`b:${blastId}`, line)
        this.#stage.whoGot(blastId, (who) => (line.querySelector('.meta').textContent = who))
      } else {
        const messageId = await this.#client.send(to, text)
        const line = this.#line('mine', { text, meta: `to ${this.#stage.nameOf(to)}` })
        this.#shown.set(`m:${messageId}`, line)
      }
    } catch (failure) {
      this.tell(`not sent: ${failure.message}`, 'bad')
    }
  }

  async sendMany(count) {
    const to = this.#find('.to').value
    for (let i = 1; i <= count; i++) {
      await this.send(to, `number ${i} of ${count}`)
    }
  }

  async setAway(isAway) {
    const button = this.#find('.away')
    button.setAttribute('aria-pressed', isAway)
    button.textContent = isAway ? 'Come back' : 'Leave'
    button.setAttribute(
      'aria-label',
      isAway ? `${this.label} comes back` : `Leave: ${this.label} is cut off and stays away`
    )
    if (isAway) {
      await this.#client.leave()
    } else {
      this.#client.connect()
    }
  }

  /** Goes to the other instance: at once, or with the next connection. */
  async move() {
    try {
      await this.#stage.move(this.#client)
      this.tell(this.#client.isAway ? 'will come back to the other instance' : 'is moved to the other instance')
    } catch (failure) {
      this.tell(`not moved: ${failure.message}`, 'bad')
    }
  }

  // Showing ------------------------------------------------------------------------------------

  /** A line of the page's own, between the messages. */
  tell(text, kind = '') {
    const line = document.createElement('div')
    line.className = `told ${kind}`
    line.textContent = text
    this.#append(line)
  }

  #showState(detail) {
    const { state, code, away } = detail
    this.#state = detail
    if (state === 'closed' || state === 'away') {
      this.tell(`connection lost${code === 1006 ? '' : ` (${code})`}`, 'bad')
    } else if (state === 'open' && away > 0) {
      this.tell(`back after ${away < 1000 ? `${Math.round(away)} ms` : `${(away / 1000).toFixed(1)} s`}`, 'good')
    }
    this.#showConnection()
  }

  get instance() {
    return this.#instance
  }

  /** Shows to which instance it is connected; null if to none. */
  setInstance(number) {
    if (number && this.#instance && number !== this.#instance) {
      this.tell(`now on instance ${number}`, 'good')
    }
    this.#instance = number ?? this.#instance
    this.#showConnection()
  }

  #showConnection() {
    const { state } = this.#state
    const at = this.#instance ? `instance ${this.#instance}` : 'connected'
    const texts = {
      connecting: 'connecting',
      open: this.#isSlow ? `${at}, slow` : at,
      closed: 'cut off',
      away: 'away'
    }
    this.#find('.state').dataset.state = state === 'open' && this.#isSlow ? 'slow' : state
    this.#find('.state-text').textContent = texts[state]
  }

  #showLedger() {
    const { expected, missing, again } = this.#client
    const arrived = expected.size - missing
    this.#find('.count').textContent = `${arrived} of ${expected.size}`
    this.#find('.bar div').style.width = `${expected.size ? (100 * arrived) / expected.size : 100}%`
    this.#find('.ledger').classList.toggle('missing', missing > 0)
    const why = this.#isSlow ? ' yet' : ''
    this.#find('.verdict').textContent = missing ? `${missing} missing${why}` : 'nothing missing'
    this.#find('.again').textContent = `${again} came again`
  }

  #showEvent({ key, rpc, metadata, text, at }) {
    const from = this.#stage.nameOf(metadata.senderUserId)
    if (metadata.senderUserId === this.#client.id || this.#shown.has(key)) {
      // The artist's own blast, or a message that the history has shown already.
      return
    }
    let line
    if (rpc.method === 'chat.react') {
      line = this.#showReaction(rpc, from)
    } else {
      const isBlast = rpc.method === 'chat.blast' || Boolean(rpc.params.audience)
      line = this.#line('theirs', { from, text, tag: isBlast ? 'blast' : '', meta: '' })
      if (rpc.method === 'chat.message') {
        this.#offerReactions(line, rpc.params.chat_id, rpc.params.message_id)
      }
    }
    this.#shown.set(key, line)
    requestAnimationFrame(() => {
      const onScreenAt = performance.now()
      this.#stage.arrived(key, at, onScreenAt, (figure) => {
        line.querySelector('.meta')?.append(figure)
      })
    })
  }

  #showReaction(rpc, from) {
    const isKnown = this.#shown.has(`m:${rpc.params.message_id}`)
    const { reaction } = rpc.params
    const text = reaction ? `${from} reacts ` : `${from} takes the reaction back `
    const line = this.#line('theirs', { text, meta: '' })
    line
      .querySelector('.body')
      .append(reaction ? sign(reaction) : '', isKnown ? '' : ' to an earlier message')
    return line
  }

  /** Earlier messages, from the API. */
  showHistory(messages) {
    for (const message of messages) {
      if (this.#shown.has(`m:${message.message_id}`)) {
        continue
      }
      const isMine = message.sender_user_id === this.#client.id
      const from = this.#stage.nameOf(message.sender_user_id)
      const line = this.#line(isMine ? 'mine' : 'theirs', {
        from: isMine ? '' : from,
        text: message.message,
        tag: message.audience ? 'blast' : '',
        meta: 'earlier '
      })
      line.querySelector('.meta').append(...message.reactions.map(({ reaction }) => sign(reaction)))
      this.#shown.set(`m:${message.message_id}`, line)
      if (!isMine) {
        this.#offerReactions(line, message.chat_id, message.message_id)
      }
    }
  }

  #offerReactions(line, chatId, messageId) {
    const row = document.createElement('div')
    row.className = 'reactions'
    for (const name of REACTIONS) {
      const button = document.createElement('button')
      button.type = 'button'
      button.append(sign(name))
      button.setAttribute('aria-label', `React with ${name}`)
      button.setAttribute('aria-pressed', 'false')
      button.addEventListener('click', async () => {
        const isOn = button.getAttribute('aria-pressed') !== 'true'
        row.querySelectorAll('button').forEach((other) => other.setAttribute('aria-pressed', 'false'))
        button.setAttribute('aria-pressed', isOn)
        try {
          await this.#client.react(chatId, messageId, isOn ? name : null)
        } catch (failure) {
          this.tell(`not sent: ${failure.message}`, 'bad')
        }
      })
      row.append(button)
    }
    line.append(row)
  }

  #line(kind, { from, text, tag, meta }) {
    const line = document.createElement('div')
    line.className = `${kind} new`
    const add = (className, content) => {
      const part = document.createElement('span')
      part.className = className
      part.textContent = content
      line.append(part, ' ')
    }
    if (from) {
      add('from', `${from}:`)
    }
    if (tag) {
      add('tag', tag)
    }
    add('body', text)
    add('meta', meta)
    this.#append(line)
    return line
  }

  #append(line) {
    this.#log.append(line)
    if (this.#log.childElementCount > MAX_LINES) {
      this.#log.firstElementChild.remove()
    }
  }

  /** The log stays at its end, whatever is added to it, until somebody scrolls up. */
  #stickToEnd() {
    const log = this.#log
    let sticks = true
    let lastTop = 0
    log.addEventListener('scroll', () => {
      const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40
      sticks = isAtEnd || (sticks && log.scrollTop >= lastTop)
      lastTop = log.scrollTop
    })
    new MutationObserver(() => {
      if (sticks) {
        log.scrollTop = log.scrollHeight
      }
    }).observe(log, { childList: true, subtree: true })
  }
}
