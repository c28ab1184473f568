// One person's card: what has arrived, what is missing, and what the person can do.

const REACTIONS = [
  { name: 'heart', sign: '\u2764\uFE0F' },
  { name: 'fire', sign: '\u{1F525}' },
  { name: 'party', sign: '\u{1F389}' }
]
const MANY = 20
const MAX_LINES = 200
const signOf = (name) => REACTIONS.find((reaction) => reaction.name === name)?.sign ?? name

export class PersonCard {
  #client
  #stage
  #log
  #shown = new Map()

  /** @param stage knows the others, the clock and the commits; see main.js */
  constructor(client, role, hue, stage) {
    this.#client = client
    this.#stage = stage
    this.client = client
    this.isArtist = role === 'the artist'
    const card = document.getElementById('person').content.firstElementChild.cloneNode(true)
    this.element = card
    card.style.setProperty('--hue', hue)
    card.dataset.person = client.name
    card.setAttribute('aria-label', client.name)
    this.#find('.avatar').textContent = client.name[0].toUpperCase()
    this.#find('h3').textContent = client.name
    this.#find('.role').textContent = `${role} \u00b7 ${client.id}`
    this.#log = this.#find('.log')
    this.#log.setAttribute('aria-label', `What ${client.name} sees`)
    this.#stickToEnd()
    this.#wire()
  }

  #find(selector) {
    return this.element.querySelector(selector)
  }

  #wire() {
    const { name } = this.#client
    const to = this.#find('.to')
    to.id = `to-${this.#client.id}`
    this.#find('.to-label').htmlFor = to.id
    this.#find('.text').id = `text-${this.#client.id}`
    this.#find('.text-label').htmlFor = this.#find('.text').id
    this.#find('.text-label').textContent = `What ${name} writes`
    this.#find('.cut').setAttribute('aria-label', `Cut ${name}'s connection`)
    this.#find('.away').setAttribute('aria-label', `Leave: ${name} is cut off and stays away`)
    this.#find('.slow').setAttribute('aria-label', `Make ${name} slow`)
    this.#find('.many').setAttribute('aria-label', `Send 20 at once from ${name}`)
    this.#find('.write').addEventListener('submit', (event) => {
      event.preventDefault()
      this.#submit()
    })
    this.#find('.many').addEventListener('click', () => this.sendMany(MANY))
    this.#find('.cut').addEventListener('click', () => this.#client.cut())
    this.#find('.away').addEventListener('click', () => this.setAway(!this.#client.isAway))
    this.#find('.slow').addEventListener('click', ({ target }) => {
      const isSlow = target.getAttribute('aria-pressed') !== 'true'
      target.setAttribute('aria-pressed', isSlow)
      this.#client.setSlow(isSlow)
      this.tell(isSlow ? 'reads slowly now' : 'reads as fast as it can again')
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
    const { name } = this.#client
    button.setAttribute(
      'aria-label',
      isAway ? `Come back, ${name}` : `Leave: ${name} is cut off and stays away`
    )
    if (isAway) {
      await this.#client.leave()
    } else {
      this.#client.connect()
    }
  }

  // Showing ------------------------------------------------------------------------------------

  /** A line of the page's own, between the messages. */
  tell(text, kind = '') {
    const line = document.createElement('li')
    line.className = `told ${kind}`
    line.textContent = text
    this.#append(line)
  }

  #showState({ state, code, away }) {
    const texts = { connecting: 'connecting', open: 'connected', closed: 'cut off', away: 'away' }
    this.#find('.state').dataset.state = state
    this.#find('.state-text').textContent = texts[state]
    if (state === 'closed' || state === 'away') {
      this.tell(`connection lost${code === 1006 ? '' : ` (${code})`}`, 'bad')
    } else if (state === 'open' && away > 0) {
      this.tell(`back after ${away < 1000 ? `${Math.round(away)} ms` : `${(away / 1000).toFixed(1)} s`}`, 'good')
    }
  }

  #showLedger() {
    const { expected, missing, twice } = this.#client
    const arrived = expected.size - missing
    this.#find('.count').textContent = `${arrived} of ${expected.size}`
    this.#find('.bar div').style.width = `${expected.size ? (100 * arrived) / expected.size : 100}%`
    this.#find('.ledger').classList.toggle('missing', missing > 0)
    const repeated = twice ? `, ${twice} came twice and show once` : ''
    this.#find('.verdict').textContent = missing
      ? `${missing} missing${repeated}`
      : `nothing missing${repeated}`
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
    const line = this.#shown.get(`m:${rpc.params.message_id}`)
    const sign = signOf(rpc.params.reaction)
    const text = rpc.params.reaction ? `${from} reacts ${sign} ` : `${from} takes the reaction back `
    return this.#line('theirs', { text: line ? text : `${text} (to an earlier message) `, meta: '' })
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
        meta: `earlier${message.reactions.map(({ reaction }) => ` ${signOf(reaction)}`).join('')}`
      })
      this.#shown.set(`m:${message.message_id}`, line)
      if (!isMine) {
        this.#offerReactions(line, message.chat_id, message.message_id)
      }
    }
  }

  #offerReactions(line, chatId, messageId) {
    const row = document.createElement('div')
    row.className = 'reactions'
    for (const { name, sign } of REACTIONS) {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = sign
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
    const line = document.createElement('li')
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
