// The picture of an event's way. A commit lights the first stage, what appears on this page the
// last, and what an instance counts those of its lane; each a little after the one before, so that
// an eye can follow what takes a few milliseconds. All figures are of the time since this page was
// opened.

const COMMIT = { id: 'commit', title: 'Commit', sub: 'rows + rpc_log' }
const SCREEN = { id: 'screen', title: 'Screen', sub: 'on this page' }
const LANE = [
  { id: 'notified', title: 'Notification', sub: 'heard by each' },
  { id: 'fetched', title: 'One fetch', sub: 'row, sender, audience' },
  { id: 'logged', title: 'Event log', sub: 'encoded once' },
  { id: 'written', title: 'Cursors', sub: 'written to sockets' }
]
const STATES = { starting: 'starting', ready: 'ready', stopping: 'killed', killed: 'killed' }
const INSTANCES = 2
const SVG = 'http://www.w3.org/2000/svg'
const STEP_MILLIS = 110
const WIDTH = 162
const HEIGHT = 84
const GAP = 30
const PADDING = 12
const HEAD = 30

function element(name, attributes, parent, text) {
  const made = document.createElementNS(SVG, name)
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value))
  if (text !== undefined) {
    made.textContent = text
  }
  parent.append(made)
  return made
}

/** Lanes one below the other, each from left to right. */
function wide() {
  const step = WIDTH + GAP
  const laneHeight = HEAD + HEIGHT + PADDING
  const laneY = (lane) => lane * (laneHeight + GAP / 2)
  const height = laneY(INSTANCES - 1) + laneHeight
  const middle = (height - HEIGHT) / 2
  return {
    width: 6 * WIDTH + 5 * GAP + 2 * PADDING,
    height,
    commit: { x: 0, y: middle },
    screen: { x: 5 * step + 2 * PADDING, y: middle },
    lane: (lane) => ({
      x: step,
      y: laneY(lane),
      width: 4 * WIDTH + 3 * GAP + 2 * PADDING,
      height: laneHeight
    }),
    stage: (lane, index) => ({ x: step + PADDING + index * step, y: laneY(lane) + HEAD })
  }
}

/** Lanes side by side, each from top to bottom: for a phone. */
function narrow() {
  const gap = GAP / 2
  const laneWidth = WIDTH + 2 * PADDING
  const laneX = (lane) => lane * (laneWidth + gap)
  const width = laneX(INSTANCES - 1) + laneWidth
  const laneY = HEIGHT + GAP
  const laneHeight = HEAD + LANE.length * HEIGHT + (LANE.length - 1) * gap + PADDING
  const middle = (width - WIDTH) / 2
  return {
    width,
    height: laneY + laneHeight + GAP + HEIGHT,
    commit: { x: middle, y: 0 },
    screen: { x: middle, y: laneY + laneHeight + GAP },
    lane: (lane) => ({ x: laneX(lane), y: laneY, width: laneWidth, height: laneHeight }),
    stage: (lane, index) => ({ x: laneX(lane) + PADDING, y: laneY + HEAD + index * (HEIGHT + gap) })
  }
}

export class Journey {
  #figures = { commit: 0, screen: 0 }
  #states = []
  #last = []
  #host

  constructor(host) {
    this.#host = host
    const phone = matchMedia('(max-width: 640px)')
    this.#draw(phone.matches ? narrow() : wide())
    phone.addEventListener('change', () => this.#draw(phone.matches ? narrow() : wide()))
  }

  #draw(layout) {
    const svg = document.createElementNS(SVG, 'svg')
    svg.setAttribute('viewBox', `-4 -4 ${layout.width + 8} ${layout.height + 8}`)
    svg.setAttribute('role', 'img')
    const titles = [COMMIT, ...LANE, SCREEN].map(({ title }) => title).join(', ')
    svg.setAttribute(
      'aria-label',
      `The stages of an event: ${titles}; those between for each instance. Each shows how many it has seen.`
    )
    const centre = ({ x, y }) => ({ x: x + WIDTH / 2, y: y + HEIGHT / 2 })
    const link = (from, to, id) => {
      const [a, b] = [centre(from), centre(to)]
      element('line', { x1: a.x, y1: a.y, x2: b.x, y2: b.y, class: 'link', 'data-link': id }, svg)
    }
    for (let lane = 0; lane < INSTANCES; lane++) {
      const { x, y, width, height } = layout.lane(lane)
      const group = element('g', { class: 'lane', 'data-lane': lane }, svg)
      element('rect', { x, y, width, height, rx: 14 }, group)
      element('text', { x: x + PADDING, y: y + 20, class: 'lane-title' }, group, `Instance ${lane + 1}`)
      element('text', { x: x + width - PADDING, y: y + 20, class: 'lane-state' }, group, '')
    }
    for (let lane = 0; lane < INSTANCES; lane++) {
      link(layout.commit, layout.stage(lane, 0), `notified-${lane}`)
      for (let index = 1; index < LANE.length; index++) {
        link(layout.stage(lane, index - 1), layout.stage(lane, index), `${LANE[index].id}-${lane}`)
      }
      link(layout.stage(lane, LANE.length - 1), layout.screen, `screen-${lane}`)
    }
    const stage = ({ title, sub }, id, { x, y }) => {
      const group = element('g', { class: 'stage', 'data-stage': id, transform: `translate(${x} ${y})` }, svg)
      element('rect', { width: WIDTH, height: HEIGHT, rx: 12 }, group)
      element('text', { x: WIDTH / 2, y: 25 }, group, title)
      element('text', { x: WIDTH / 2, y: 43, class: 'sub' }, group, sub)
      element('text', { x: WIDTH / 2, y: 70, class: 'figure' }, group, this.#figures[id] ?? 0)
    }
    stage(COMMIT, 'commit', layout.commit)
    for (let lane = 0; lane < INSTANCES; lane++) {
      LANE.forEach((each, index) => stage(each, `${each.id}-${lane}`, layout.stage(lane, index)))
    }
    stage(SCREEN, 'screen', layout.screen)
    this.#host.replaceChildren(svg)
    this.instances(this.#states)
  }

  #stage(id) {
    return this.#host.querySelector(`[data-stage="${id}"]`)
  }

  /** Counts a commit, or an event on this page. */
  light(id) {
    this.#add(id, 1, id === 'commit' ? 0 : LANE.length + 1)
  }

  #add(id, count, position) {
    this.#figures[id] = (this.#figures[id] ?? 0) + count
    setTimeout(() => {
      this.#stage(id).querySelector('.figure').textContent = this.#figures[id]
      restart(this.#stage(id), 'lit')
      this.#host.querySelectorAll(`[data-link="${id}"]`).forEach((link) => restart(link, 'lit'))
    }, position * STEP_MILLIS)
  }

  /** What each instance has counted since it started. */
  pulse(instances) {
    instances.forEach((counts, lane) => {
      const last = this.#last[lane]
      LANE.forEach(({ id }, index) => {
        // An instance that was started anew counts from nothing again.
        const added = last ? counts[id] - (counts[id] < last[id] ? 0 : last[id]) : 0
        if (added > 0) {
          this.#add(`${id}-${lane}`, added, index + 1)
        }
      })
      const isDeaf = this.#states[lane]?.state === 'ready' && counts.ready !== 1
      this.mark(`notified-${lane}`, isDeaf ? 'not listening' : null)
    })
    this.#last = instances
  }

  /** Shows which instances run. */
  instances(states) {
    this.#states = states
    states.forEach(({ state }, lane) => {
      const group = this.#host.querySelector(`[data-lane="${lane}"]`)
      group.dataset.state = state
      group.querySelector('.lane-state').textContent = STATES[state]
      for (const { id } of LANE) {
        this.#stage(`${id}-${lane}`).classList.toggle('off', state !== 'ready')
      }
    })
  }

  /** Marks a stage as broken, or as whole with null. */
  mark(id, trouble) {
    const stage = this.#stage(id)
    const { sub } = [COMMIT, ...LANE].find((each) => id.startsWith(each.id))
    stage.classList.toggle('down', Boolean(trouble))
    stage.querySelector('.sub').textContent = trouble ?? sub
  }
}

function restart(node, name) {
  node.classList.remove(name)
  node.getBoundingClientRect()
  node.classList.add(name)
}
