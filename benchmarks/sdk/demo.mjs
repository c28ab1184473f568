// Starts the demo as a process of its own on free ports, and stops it.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const START_MILLIS = 120_000

export class Demo {
  constructor(process, url) {
    this.process = process
    this.url = url
  }

  static async start(classpath) {
    const process = spawn(
      'java',
      ['-cp', classpath, 'herald.demo.scene.DemoMain', '--bind', '127.0.0.1:0', '--admin', '127.0.0.1:0'],
      { stdio: ['ignore', 'pipe', 'inherit'] }
    )
    const url = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the demo did not start in time')), START_MILLIS)
      process.on('exit', (code) => reject(new Error(`the demo ended with exit code ${code}`)))
      createInterface({ input: process.stdout }).on('line', (line) => {
        const found = /The page: (http:\S+?)\/?$/.exec(line)
        if (found) {
          clearTimeout(timer)
          resolve(found[1])
        }
      })
    })
    return new Demo(process, url)
  }

  // Makes an account for a wallet; the answer names its user_id.
  addPerson(name, wallet, followsArtist = false) {
    return this.post('/demo/people', { name, wallet, follows_artist: followsArtist })
  }

  async people() {
    const response = await fetch(`${this.url}/demo/people`)
    return (await response.json()).people
  }

  // Waits until all instances of the gateway take clients.
  async untilReady() {
    const deadline = Date.now() + START_MILLIS
    for (;;) {
      const { instances } = await (await fetch(`${this.url}/demo/instances`)).json()
      if (instances.every(({ state }) => state === 'ready')) {
        return
      }
      if (Date.now() > deadline) {
        throw new Error(`the instances are not ready: ${JSON.stringify(instances)}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async post(path, body) {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body)
    })
    if (!response.ok) {
      throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    }
    return await response.json()
  }

  async stop() {
    const ended = new Promise((resolve) => this.process.on('close', resolve))
    this.process.removeAllListeners('exit')
    this.process.kill('SIGTERM')
    await ended
  }
}
