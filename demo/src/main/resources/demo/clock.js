// When things were committed, by the demo's clock, and that clock beside the browser's.
import { keyOf } from './client.js'

const EXCHANGES = 7
const KEPT = 5_000

export class Clock {
  #offset = 0
  #commits = new Map()
  #waiting = new Map()

  /** Compares the clocks: of several exchanges the quickest says it best. */
  async set() {
    let quickest = Infinity
    for (let i = 0; i < EXCHANGES; i++) {
      const asked = performance.now()
      const { micros } = await (await fetch('/demo/clock')).json()
      const answered = performance.now()
      if (answered - asked < quickest) {
        quickest = answered - asked
        this.#offset = micros / 1000 - (asked + answered) / 2
      }
    }
  }

  /** Milliseconds of the demo's clock at a moment of performance.now(). */
  toServer(now) {
    return now + this.#offset
  }

  nowMicros() {
    return Math.round(1000 * this.toServer(performance.now()))
  }

  /** Notes a commit that the demo has told. */
  committed({ committed_at: micros, relayed_at: time, method, ...params }) {
    const key = keyOf({ method, params }, time)
    this.#commits.set(key, micros / 1000)
    if (this.#commits.size > KEPT) {
      this.#commits.delete(this.#commits.keys().next().value)
    }
    const waiting = this.#waiting.get(key) ?? []
    this.#waiting.delete(key)
    waiting.forEach((tell) => tell(micros / 1000))
  }

  /** Tells the milliseconds of the commit behind an event, now or when it is known. */
  whenCommitted(key, tell) {
    // The message that a blast is in a chat is named by the blast and the chat.
    const blast = [...this.#commits.keys()].find(
      (known) => known.startsWith('b:') && key.startsWith(`m:${known.slice(2)}`)
    )
    const committedAt = this.#commits.get(key) ?? this.#commits.get(blast)
    if (committedAt !== undefined) {
      tell(committedAt)
    } else {
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), tell])
    }
  }
}
