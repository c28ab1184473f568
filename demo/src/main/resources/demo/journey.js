// The picture of an event's way. The first stage lights with the commit, the last with what appears
// on this page, those between with what the gateway counts; each a little after the one before, so
// that an eye can follow what takes a few milliseconds.

const STAGES = [
  { id: 'commit', title: 'Commit', sub: 'rows + rpc_log' },
  { id: 'notified', title: 'Notification', sub: 'listener' },
  { id: 'fetched', title: 'One fetch', sub: 'row, sender, audience' },
  { id: 'logged', title: 'Event log', sub: 'encoded once' },
  { id: 'written', title: 'Cursors', sub: 'written to sockets' },
  { id: 'screen', title: 'Screen', sub: 'here' }
]
const SVG = 'http://www.w3.org/2000/svg'
const STEP_MILLIS = 110
const WIDTH = 168
const HEIGHT = 92
const GAP = 34

function element(name, attributes, parent, text) {
  const made = document.createElementNS(SVG, name)
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value))
  if (text !== undefined) {
    made.textContent = text
  }
  parent.append(made)
  return made
}

export class Journey {
  #figures = Object.fromEntries(STAGES.map(({ id }) => [id, 0]))
  #last = null
  #host

  constructor(host) {
    this.#host = host
    const narrow = matchMedia('(max-width: 640px)')
    this.#draw(narrow.matches)
    narrow.addEventListener('change', () => this.#draw(narrow.matches))
  }

  /** Two columns of stages on a phone, one row elsewhere. */
  #draw(isNarrow) {
    const columns = isNarrow ? 2 : STAGES.length
    const rows = STAGES.length / columns
    const width = columns * WIDTH + (columns - 1) * GAP
    const svg = document.createElementNS(SVG, 'svg')
    svg.setAttribute('viewBox', `-4 -4 ${width + 8} ${rows * HEIGHT + (rows - 1) * GAP + 8}`)
    svg.setAttribute('role', 'img')
    const titles = STAGES.map(({ title }) => title).join(', ')
    svg.setAttribute('aria-label', `The stages of an event: ${titles}. Each shows how many it has seen.`)
    const place = (index) => {
      const row = Math.floor(index / columns)
      const column = row % 2 === 1 ? columns - 1 - (index % columns) : index % columns
      return { x: column * (WIDTH + GAP), y: row * (HEIGHT + GAP) }
    }
    STAGES.forEach(({ id }, index) => {
      if (index > 0) {
        const from = place(index - 1)
        const to = place(index)
        const line = { x1: from.x + WIDTH / 2, y1: from.y + HEIGHT / 2, x2: to.x + WIDTH / 2, y2: to.y + HEIGHT / 2 }
        element('line', { ...line, class: 'link', 'data-link': id }, svg)
      }
    })
    STAGES.forEach(({ id, title, sub }, index) => {
      const { x, y } = place(index)
      const stage = element('g', { class: 'stage', 'data-stage': id, transform: `translate(${x} ${y})` }, svg)
      element('rect', { width: WIDTH, height: HEIGHT, rx: 12 }, stage)
      element('text', { x: WIDTH / 2, y: 28 }, stage, title)
      element('text', { x: WIDTH / 2, y: 47, class: 'sub' }, stage, sub)
      element('text', { x: WIDTH / 2, y: 76, class: 'figure' }, stage, this.#figures[id])
    })
    this.#host.replaceChildren(svg)
  }

  #stage(id) {
    return this.#host.querySelector(`[data-stage="${id}"]`)
  }

  /** Counts at a stage and lights it up. */
  light(id, figure = this.#figures[id] + 1) {
    this.#figures[id] = figure
    const position = STAGES.findIndex((stage) => stage.id === id)
    setTimeout(() => {
      this.#stage(id).querySelector('.figure').textContent = this.#figures[id]
      restart(this.#stage(id), 'lit')
      const link = this.#host.querySelector(`[data-link="${id}"]`)
      if (link) {
        restart(link, 'lit')
      }
    }, position * STEP_MILLIS)
  }

  /** What the gateway has counted. */
  pulse(counts) {
    for (const id of ['notified', 'fetched', 'logged', 'written']) {
      if (this.#last && counts[id] !== this.#last[id]) {
        this.light(id, counts[id])
      } else {
        this.#figures[id] = counts[id]
        this.#stage(id).querySelector('.figure').textContent = counts[id]
      }
    }
    this.#last = counts
    this.mark('notified', counts.ready === 1 ? null : 'not heard from')
  }

  /** Marks a stage as broken, or as whole with null. */
  mark(id, trouble) {
    this.#stage(id).classList.toggle('down', Boolean(trouble))
    this.#stage(id).querySelector('.sub').textContent =
      trouble ?? STAGES.find((stage) => stage.id === id).sub
  }
}

function restart(node, name) {
  node.classList.remove(name)
  node.getBoundingClientRect()
  node.classList.add(name)
}
